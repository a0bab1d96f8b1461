using System.Diagnostics;
using System.Globalization;
using ForeignConnector.Lib.Delivery;
using ForeignConnector.Lib.Gateways.Processes;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;

namespace ForeignConnector.Lib.Gateways.Tests;

/// <summary>PX-1, with real programs.</summary>
[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class ProcessGatewayTests : IDisposable
{
    private static int _sleepers = 70000;

    private readonly Bench _bench = new();

    public static TheoryData<string> Hostile =>
    [
        "$(touch pwned)", "`touch pwned`", "${HOME}", "$HOME", "\"; touch pwned; \"", "'; touch pwned; '", "a b  c", "*", "~", "\\n", "\\", "a|b&c;d<e>f",
        "%s%n%x", "{file}", "{sender} {id}", "{", "}{", "gr\u00fc\u00dfe \u2603 \ud835\udcb3", "\u202eevil", "\t1", "!!", "#", "(1) 2", "\u001b[2J", "a=b", "+49 89 123",
    ];

    public void Dispose() => _bench.Dispose();

    [Theory(DisplayName = "PX-1: whatever is in an address, it stays what it is in one argument"), MemberData(nameof(Hostile))]
    public async Task Arguments_are_literal(string value)
    {
        var gateway = Shell("printf '%s\\0' \"$@\" > args", s =>
        {
            s.Arguments.Add("--to={type}:{value}!");
            s.Arguments.Add("--");
            s.Arguments.Add("{value}");
            s.Arguments.Add("{id} {sender} {subject}");
        });
        var request = Bench.Request($"FAX:{value}");
        var recipient = request.Envelope.Recipients[0];

        Assert.Equal(RecipientAction.Delivered, Assert.Single(await Bench.DeliverAsync(gateway, request)).Action);

        Assert.Equal([$"--to=FAX:{recipient.Value}!", "--", recipient.Value, $"{request.IdOf(recipient)} s@f.test Gr\u00fc\u00dfe"], Arguments());
        Assert.Equal(value, recipient.Value);
        Assert.False(File.Exists(_bench.Directory["pwned"]));
    }

    [Theory(DisplayName = "PX-1: an SMTP address stays literal too")]
    [InlineData("\"$(touch pwned)\"@f.test")]
    [InlineData("\"a b\\\"c\"@f.test")]
    [InlineData("IMCEAFAX-1+0A2@contoso.com")]
    [InlineData("gr\u00fc\u00dfe@b\u00fccher.test")]
    public async Task Smtp_addresses_are_literal(string address)
    {
        var gateway = Shell("printf '%s\\0' \"$@\" > args", s => s.Arguments.Add("{recipient}|{type}|{value}"));

        await Bench.DeliverAsync(gateway, Bench.Request(address));

        Assert.Equal([$"{address}|SMTP|{address}"], Arguments());
    }

    [Theory(DisplayName = "PX-1: an address that begins with '-' is refused, unless the argument before it is '--'")]
    [InlineData("{value}", "FAX:-rf", false)]
    [InlineData("{value}{id}", "FAX:--help", false)]
    [InlineData("{recipient}", "-x@f.test", false)]
    [InlineData("-- {value}", "FAX:-rf", true)]
    [InlineData("-d {value}", "FAX:-rf", false)]
    [InlineData("-d{value}", "FAX:-rf", true)]
    [InlineData("to:{value}", "FAX:-rf", true)]
    public async Task Refuses_options(string arguments, string recipient, bool isTaken)
    {
        var gateway = Shell("printf '%s\\0' \"$@\" > args", s => Array.ForEach(arguments.Split(' '), s.Arguments.Add));

        var outcome = Assert.Single(await Bench.DeliverAsync(gateway, Bench.Request(recipient)));

        Assert.Equal(isTaken ? "2.0.0" : "5.1.3", outcome.Status.ToString());
        Assert.Equal(isTaken, File.Exists(_bench.Directory["args"]));
    }

    [Fact(DisplayName = "PX-1: nor becomes a sender or a subject an option")]
    public async Task Refuses_other_options()
    {
        var bySender = Shell("exit 0", s => s.Arguments.Add("{sender}"));
        var bySubject = Shell("printf '%s\\0' \"$@\" > args", s => s.Arguments.Add("{subject}"));
        var plain = Bench.Request("FAX:1");
        var request = new DeliveryRequest("id", new MailEnvelope("-x@f.test", plain.Envelope.Recipients), plain.Content);

        Assert.Equal("5.1.7", Assert.Single(await Bench.DeliverAsync(bySender, request)).Status.ToString());
        await Bench.DeliverAsync(bySubject, Bench.RequestWith("Subject: -rf\r\n\r\n", "FAX:1"));
        Assert.Equal([" -rf"], Arguments());
    }

    [Theory(DisplayName = "PX-1: exit codes as sysexits")]
    [InlineData(0, "2.0.0")]
    [InlineData(1, "5.3.0")]
    [InlineData(2, "5.3.0")]
    [InlineData(64, "5.3.0")]
    [InlineData(65, "5.3.0")]
    [InlineData(66, "5.3.0")]
    [InlineData(67, "5.1.1")]
    [InlineData(68, "5.1.2")]
    [InlineData(69, "5.3.0")]
    [InlineData(70, "5.3.0")]
    [InlineData(71, "4.3.0")]
    [InlineData(72, "5.3.0")]
    [InlineData(73, "5.3.0")]
    [InlineData(74, "4.3.0")]
    [InlineData(75, "4.3.0")]
    [InlineData(76, "5.3.0")]
    [InlineData(77, "5.7.0")]
    [InlineData(78, "4.3.5")]
    [InlineData(79, "5.3.0")]
    [InlineData(126, "5.3.0")]
    [InlineData(127, "5.3.0")]
    [InlineData(255, "5.3.0")]
    public async Task Reads_exit_codes(int code, string status) =>
        Assert.Equal(status, Assert.Single(await Bench.DeliverAsync(Shell($"exit {code}"), Bench.Request("FAX:1"))).Status.ToString());

    [Theory(DisplayName = "PX-1: a signal defers")]
    [InlineData("KILL")]
    [InlineData("TERM")]
    [InlineData("SEGV")]
    public async Task Reads_signals(string signal)
    {
        var outcome = Assert.Single(await Bench.DeliverAsync(Shell($"kill -{signal} $$"), Bench.Request("FAX:1")));

        Assert.Equal("4.3.0", outcome.Status.ToString());
        Assert.StartsWith("signal ", outcome.Diagnostic!.Text, StringComparison.Ordinal);
    }

    [Theory(DisplayName = "PX-1: a first line of output with an enhanced code wins; output is bounded and cleaned")]
    [InlineData("echo '4.2.1 The line is busy.'; exit 1", "4.2.1", "The line is busy.")]
    [InlineData("echo '5.1.1 Nobody.'; exit 75", "5.1.1", "Nobody.")]
    [InlineData("echo '5.1.1 Nobody.'; exit 0", "5.1.1", "Nobody.")]
    [InlineData("echo '4.2.1'; exit 1", "4.2.1", "The recipient's system gave no reason.")]
    [InlineData("echo '4.2.1 on stderr' >&2; exit 1", "4.2.1", "on stderr")]
    [InlineData("echo '4.2.1 a'; echo '5.1.1 b'; exit 1", "4.2.1", "a")]
    [InlineData("echo 'x 4.2.1 a'; exit 1", "5.3.0", null)]
    [InlineData("echo '4.2.1x a'; exit 1", "5.3.0", null)]
    [InlineData("echo '2.0.0 fine'; exit 67", "5.1.1", null)]
    [InlineData("echo '4.2.1000 a'; exit 67", "5.1.1", null)]
    [InlineData("printf '4.2.1 a\\033[31mred\\r\\nSubject: x\\n'; exit 1", "4.2.1", "a [31mred")]
    [InlineData("printf '4.2.1 \\377\\376 a\\n'; exit 1", "4.2.1", "\ufffd\ufffd a")]
    [InlineData("printf '4.2.1 gr\\303\\274n'; exit 1", "4.2.1", "gr\u00fcn")]
    public async Task Reads_output(string script, string status, string? text)
    {
        var outcome = Assert.Single(await Bench.DeliverAsync(Shell(script), Bench.Request("FAX:1")));

        Assert.Equal(status, outcome.Status.ToString());
        if (text is not null)
            Assert.Equal(text, outcome.Text);
    }

    [Fact(DisplayName = "PX-1: output of 10 MB on both ends, and a line without end, hold up nobody and are not kept")]
    public async Task Bounds_output()
    {
        var outcome = Assert.Single(await Bench.DeliverAsync(
            Shell("printf '5.1.1 '; head -c 10000000 /dev/zero | tr '\\0' x; head -c 10000000 /dev/zero | tr '\\0' y >&2; exit 1"), Bench.Request("FAX:1")));

        Assert.Equal("5.1.1", outcome.Status.ToString());
        Assert.InRange(outcome.Text.Length, 100, 900);
    }

    [Theory(DisplayName = "PX-1: a program that does not read its input, or only some of it, is no error by itself")]
    [InlineData("exit 0")]
    [InlineData("exec <&-; exit 0")]
    [InlineData("head -c 1000 > /dev/null; exit 0")]
    public async Task Need_not_read(string script) => Assert.Equal(
        RecipientAction.Delivered,
        Assert.Single(await Bench.DeliverAsync(Shell(script), Bench.RequestWith(Bench.Message + new string('x', 5_000_000), "FAX:1"))).Action);

    [Theory(DisplayName = "PX-1: the program reads the message, its text or nothing")]
    [InlineData(ProcessInput.Message, Bench.Message)]
    [InlineData(ProcessInput.Text, "K\u00e4se")]
    [InlineData(ProcessInput.None, "")]
    public async Task Reads_its_input(ProcessInput input, string expected)
    {
        await Bench.DeliverAsync(Shell("cat > input", s => s.Input = input), Bench.Request("FAX:1"));

        Assert.Equal(expected, _bench.Directory.Read("input"));
    }

    [Fact(DisplayName = "PX-1: large messages arrive whole")]
    public async Task Streams_input()
    {
        var message = Bench.Message + string.Concat(Enumerable.Range(0, 500_000).Select(i => $"{i}\r\n"));

        await Bench.DeliverAsync(Shell("cat > input"), Bench.RequestWith(message, "FAX:1"));

        Assert.Equal(message, _bench.Directory.Read("input"));
    }

    [Fact(DisplayName = "PX-1: time-out kills the whole process tree, also what left it, and defers with 4.4.2")]
    public async Task Kills_the_tree()
    {
        var seconds = Interlocked.Increment(ref _sleepers).ToString(CultureInfo.InvariantCulture);
        var gateway = Shell(
            $"sleep {seconds} & (setsid sleep {seconds} &) ; sh -c 'sh -c \"sleep {seconds}\" & sleep {seconds}' & (sh -c 'trap \"\" TERM; sleep {seconds}; :' &); touch ready; sleep {seconds}",
            s => s.Timeout = TimeSpan.FromMinutes(5));
        var delivery = Bench.DeliverAsync(gateway, Bench.Request("FAX:1"));
        await Wait.UntilAsync(() => delivery.IsCompleted || (File.Exists(_bench.Directory["ready"]) && Sleepers(seconds) >= 6));
        Assert.False(delivery.IsCompleted);

        _bench.Time.Advance(TimeSpan.FromMinutes(5));

        Assert.Equal("4.4.2", Assert.Single(await delivery).Status.ToString());
        await Wait.UntilAsync(() => Sleepers(seconds) == 0);
    }

    [Fact(DisplayName = "PX-1: what a program leaves running, its output open, holds up nobody")]
    public async Task Does_not_wait_for_what_stays()
    {
        var seconds = Interlocked.Increment(ref _sleepers).ToString(CultureInfo.InvariantCulture);
        var gateway = Shell($"sleep {seconds} & echo $$ $! > pids; echo '5.1.1 Nobody.'; exit 1", s => s.Timeout = TimeSpan.FromDays(1));
        var delivery = Bench.DeliverAsync(gateway, Bench.Request("FAX:1"));
        await Wait.UntilAsync(() => File.Exists(_bench.Directory["pids"]) && _bench.Directory.Read("pids").EndsWith('\n'));
        var pids = _bench.Directory.Read("pids").Trim().Split(' ');
        await Wait.UntilAsync(() => !Directory.Exists($"/proc/{pids[0]}"));
        while (!delivery.IsCompleted)
        {
            _bench.Time.Advance(TimeSpan.FromSeconds(0.01));
            await Task.Yield();
        }

        using var left = Process.GetProcessById(int.Parse(pids[1], CultureInfo.InvariantCulture));
        left.Kill();
        Assert.Equal("5.1.1", Assert.Single(await delivery).Status.ToString());
    }

    [Theory(DisplayName = "PX-1: when the host stops, a program gets some time to end; then it is killed and nothing happened")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Stops(bool ends)
    {
        using var stop = new CancellationTokenSource();
        var seconds = Interlocked.Increment(ref _sleepers).ToString(CultureInfo.InvariantCulture);
        var gateway = Shell(ends ? "touch ready; until [ -e go ]; do :; done; exit 0" : $"touch ready; sleep {seconds}");
        var delivery = Bench.DeliverAsync(gateway, Bench.Request("FAX:1"), stop.Token);
        await Wait.UntilAsync(() => File.Exists(_bench.Directory["ready"]));

        await stop.CancelAsync();
        if (ends)
        {
            _bench.Directory.Write("go", "");
            Assert.Equal(RecipientAction.Delivered, Assert.Single(await delivery).Action);
            return;
        }
        // From then on the time counts.
        while (!delivery.IsCompleted)
        {
            _bench.Time.Advance(TimeSpan.FromSeconds(0.1));
            await Task.Yield();
        }
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => delivery);
        Assert.Equal(0, Sleepers(seconds));
    }

    [Theory(DisplayName = "PX-1: a program that is missing or cannot be executed defers the queue with 4.3.5")]
    [InlineData("missing")]
    [InlineData("./missing")]
    [InlineData("./notes.txt")]
    [InlineData("./script")]
    [InlineData("./folder")]
    public async Task Waits_for_a_program(string program)
    {
        _bench.Directory.Write("notes.txt", "exit 0");
        _bench.Directory.Write("script", "#!/nowhere/sh\nexit 0\n");
        File.SetUnixFileMode(_bench.Directory["script"], (UnixFileMode)0x1ED);
        Directory.CreateDirectory(_bench.Directory["folder"]);
        var gateway = new ProcessGateway(_bench.Context, new ProcessGatewaySettings { FileName = program });

        Assert.Equal("4.3.5", Assert.Single(await Bench.DeliverAsync(gateway, Bench.Request("FAX:1"))).Status.ToString());
    }

    [Fact(DisplayName = "PX-1: a name alone is looked for in PATH, never in the working directory")]
    public async Task Looks_in_path()
    {
        _bench.Directory.Write("fc-only-here", "#!/bin/sh\ntouch ran\n");
        File.SetUnixFileMode(_bench.Directory["fc-only-here"], (UnixFileMode)0x1ED);
        var touch = new ProcessGatewaySettings { FileName = "touch" };
        touch.Arguments.Add("touched");

        Assert.Equal(RecipientAction.Delivered, Assert.Single(await Bench.DeliverAsync(new ProcessGateway(_bench.Context, touch), Bench.Request("FAX:1"))).Action);
        Assert.Equal("4.3.5", Assert.Single(await Bench.DeliverAsync(new ProcessGateway(_bench.Context, new() { FileName = "fc-only-here" }), Bench.Request("FAX:1"))).Status.ToString());
        Assert.True(File.Exists(_bench.Directory["touched"]));
    }

    [Fact(DisplayName = "PX-1: {file} is the message, for this account alone, and goes with the call")]
    public async Task Lends_a_file()
    {
        var gateway = Shell("cp \"$1\" copy; stat -c %a \"$1\" \"$(dirname \"$1\")\" > modes; echo \"$1\" > name", s => s.Arguments.Add("{file}"));

        await Bench.DeliverAsync(gateway, Bench.Request("FAX:1"));

        Assert.Equal(Bench.Message, _bench.Directory.Read("copy"));
        Assert.Equal("600\n700\n", _bench.Directory.Read("modes"));
        Assert.False(File.Exists(_bench.Directory.Read("name").Trim()));
    }

    [Fact(DisplayName = "PX-1: what a process that was killed left behind is swept; what is in use stays")]
    public async Task Sweeps_leftovers()
    {
        var directory = Directory.CreateDirectory(_bench.Directory["process-files"]).FullName;
        await File.WriteAllTextAsync(Path.Combine(directory, "left.eml"), "x");
        await File.WriteAllTextAsync(Path.Combine(directory, "other.txt"), "x");
        await File.WriteAllTextAsync(Path.Combine(directory, "used.eml"), "x");
        using var used = new FileStream(Path.Combine(directory, "used.eml"), FileMode.Open, FileAccess.Read, FileShare.Read);

        await Bench.DeliverAsync(Shell("exit 0", s => s.Arguments.Add("{file}")), Bench.Request("FAX:1"));

        Assert.Equal(["other.txt", "used.eml"], Directory.EnumerateFiles(directory).Select(Path.GetFileName).Order());
    }

    [Fact(DisplayName = "PX-1: a call of several recipients names each of them, and its outcome is that of all")]
    public async Task Names_several_recipients()
    {
        var gateway = Shell("printf '%s\\0' \"$@\" > args; exit 67", s =>
        {
            s.RecipientsPerCall = 2;
            s.Arguments.Add("{id}");
            s.Arguments.Add("to={value}");
        });

        var outcomes = await Bench.DeliverAsync(gateway, Bench.Request("FAX:1", "FAX:2"));

        Assert.Equal(["id-1", "to=1", "to=2"], Arguments());
        Assert.Equal(["5.1.1", "5.1.1"], outcomes.Select(outcome => outcome.Status.ToString()));
        Assert.Equal((2, 1), (gateway.MaxRecipientsPerDelivery, Shell("").MaxRecipientsPerDelivery));
    }

    [Fact(DisplayName = "PX-1: of several recipients only the one is refused that would become an option")]
    public async Task Refuses_one_of_several()
    {
        var gateway = Shell("printf '%s\\0' \"$@\" > args", s => s.Arguments.Add("{value}"));

        var outcomes = await Bench.DeliverAsync(gateway, Bench.Request("FAX:1", "FAX:-2", "FAX:3"));

        Assert.Equal(["1", "3"], Arguments());
        Assert.Equal(["1 2.0.0", "3 2.0.0", "-2 5.1.3"], outcomes.Select(outcome => $"{outcome.Recipient.Value} {outcome.Status}"));
    }

    [Fact(DisplayName = "PX-1: working directory, environment, and what success means")]
    public async Task Follows_settings()
    {
        Directory.CreateDirectory(_bench.Directory["work"]);
        var gateway = Shell("echo \"$LINE $(basename \"$PWD\")\" > out", s =>
        {
            s.WorkingDirectory = "work";
            s.Environment["LINE"] = "$(x) 1";
            s.Success = ProcessSuccess.Relayed;
        });

        Assert.Equal(RecipientAction.Relayed, Assert.Single(await Bench.DeliverAsync(gateway, Bench.Request("FAX:1"))).Action);
        Assert.Equal("$(x) 1 work\n", _bench.Directory.Read("work/out"));
    }

    [Fact(DisplayName = "PX-1: wrong settings come with their keys")]
    public void Tells_errors()
    {
        var settings = new ProcessGatewaySettings();
        settings.Arguments.Add("{number}");
        settings.Environment["A=B"] = "x";

        Assert.Equal(["Arguments:0", "Environment:A=B"], settings.Problems().Select(problem => problem.Split(": ")[0]));
    }

    private static int Sleepers(string seconds) => Directory.EnumerateDirectories("/proc").Count(process =>
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline")).StartsWith($"sleep\0{seconds}\0", StringComparison.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    });

    private string[] Arguments() => _bench.Directory.Read("args").Split('\0')[..^1];

    private ProcessGateway Shell(string script, Action<ProcessGatewaySettings>? configure = null)
    {
        var settings = new ProcessGatewaySettings { FileName = "/bin/sh" };
        settings.Arguments.Add(_bench.Directory.Write($"script-{_bench.Directory.Names.Length}.sh", script + "\n"));
        configure?.Invoke(settings);
        return new ProcessGateway(_bench.Context, settings);
    }
}
