using System.Collections.Concurrent;
using System.Diagnostics;

namespace ForeignConnector.Lib.IntegrationTests.Hosts;

/// <summary>A program of samples, running as a process of its own. Disposing kills it if it still runs.</summary>
internal sealed class HostProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly ConcurrentQueue<string> _log = new();

    private HostProcess(ProcessStartInfo start)
    {
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Keep(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(_log, line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Lines of standard output.</summary>
    public IReadOnlyCollection<string> Output => _output;

    /// <summary>Lines of standard error: the log.</summary>
    public IReadOnlyCollection<string> Log => _log;

    /// <summary>Log lines that tell of an error or an exception.</summary>
    public IEnumerable<string> Problems =>
        _log.Where(line => line.StartsWith("fail:", StringComparison.Ordinal) || line.StartsWith("crit:", StringComparison.Ordinal)
            || line.Contains("Exception", StringComparison.Ordinal));

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    /// <summary>Everything the process said, for messages of failed tests.</summary>
    public string Story => string.Join('\n', _output.Concat(_log).TakeLast(40));

    /// <summary>Starts <c>dotnet NAME.dll</c>, as it was built together with this assembly.</summary>
    public static HostProcess Start(
        string sample, IEnumerable<string> arguments, string workingDirectory, IReadOnlyDictionary<string, string>? environment = null, string? input = null)
    {
        var start = new ProcessStartInfo("dotnet", [AssemblyOf(sample), .. arguments])
        {
            RedirectStandardInput = input is not null,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = workingDirectory,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        var host = new HostProcess(start);
        if (input is null)
            return host;
        host._process.StandardInput.Write(input);
        host._process.StandardInput.Close();
        return host;
    }

    /// <summary>The same with standard output or standard error elsewhere, as a shell writes it: <c>&gt;/dev/full</c>.</summary>
    public static HostProcess StartRedirected(string sample, string redirection, params IEnumerable<string> arguments) =>
        StartInShell(sample, $"exec \"$@\" {redirection}", arguments);

    /// <summary>The same through a shell, which runs it where the script says <c>"$@"</c>.</summary>
    public static HostProcess StartInShell(string sample, string script, params IEnumerable<string> arguments) =>
        new(new ProcessStartInfo("sh", ["-c", script, "sh", "dotnet", AssemblyOf(sample), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        });

    /// <summary>The same behind another program, which becomes it: <c>setpriv … dotnet NAME.dll</c>.</summary>
    public static HostProcess StartBehind(string[] program, string sample, params IEnumerable<string> arguments) =>
        new(new ProcessStartInfo(program[0], [.. program[1..], "dotnet", AssemblyOf(sample), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        });

    /// <summary>Waits until the process ends by itself.</summary>
    public async Task<int> WaitForExitAsync(TimeSpan? within = null)
    {
        await Eventually.TrueAsync($"the process ends\n{Story}", () => _process.HasExited, within);
        // Until the last line has been read.
        await _process.WaitForExitAsync();
        return _process.ExitCode;
    }

    /// <summary>Waits until it polls.</summary>
    public Task WaitUntilReadyAsync() =>
        Eventually.TrueAsync("the host says 'ready'", () => _process.HasExited ? throw new InvalidOperationException(Story) : _output.Contains("ready"));

    /// <summary>Waits for a line in the log.</summary>
    public Task WaitForLogAsync(string text) =>
        Eventually.TrueAsync($"the log says '{text}'", () => _log.Any(line => line.Contains(text, StringComparison.Ordinal)));

    /// <summary>SIGTERM; the exit code.</summary>
    public Task<int> StopAsync(TimeSpan? within = null)
    {
        Unix.Terminate(_process.Id);
        return WaitForExitAsync(within);
    }

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await KillAsync();
        _process.Dispose();
    }

    // The samples are built before this project, in the same configuration: …/tests/NAME/bin/CONFIGURATION/FRAMEWORK/.
    public static string AssemblyOf(string sample)
    {
        var framework = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        var configuration = framework.Parent!;
        var repository = configuration.Parent!.Parent!.Parent!.Parent!;
        return Path.Combine(repository.FullName, "samples", sample, "bin", configuration.Name, framework.Name, sample + ".dll");
    }

    private static void Keep(ConcurrentQueue<string> lines, string? line)
    {
        if (line is not null)
            lines.Enqueue(line);
    }
}
