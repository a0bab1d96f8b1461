using System.Text;

namespace ForeignConnector.Lib.IntegrationTests.Hosts;

/// <summary>When a file is taken, and in which order.</summary>
public class FileReadinessTests
{
    private const string Header = "From: a@x.test\r\nTo: b@x.test\r\nSubject: {0}\r\n\r\n";

    private static readonly byte[] Line = "one more line\r\n"u8.ToArray();

    [Fact(DisplayName = "PU-2: a file that is written slowly, without a lock, is not taken before it has been quiet for SettleTime")]
    public async Task Waits_until_a_file_is_quiet()
    {
        using var root = new MailRoot();
        root.Transport["SettleTime"] = "00:00:01.5";
        root.Transport["PollingInterval"] = "00:00:00.050";
        await using var host = root.Start();
        await host.WaitUntilReadyAsync();
        var path = root.PathOf("pickup", "slow.eml");
        await File.WriteAllTextAsync(path, Header);
        var lines = 0;
        await Eventually.RepeatAsync(TimeSpan.FromSeconds(3), TimeSpan.FromMilliseconds(100), () =>
        {
            Assert.True(File.Exists(path), "the file was taken while it was written");
            Append(path);
            lines++;
        });
        Assert.True(lines > 5, "the file was not written slowly");
        await Eventually.TrueAsync("the file is delivered", () => root.DropPaths().Length == 1);
        Assert.Equal(lines * Line.Length, root.Drops().Single().Body.Length);
    }

    [Fact(DisplayName = "PU-2: a file that its writer holds locked is left, however quiet it is, and taken when the lock is gone")]
    public async Task Waits_until_a_file_is_not_locked()
    {
        using var root = new MailRoot();
        root.Transport["PollingInterval"] = "00:00:00.050";
        await using var host = root.Start();
        await host.WaitUntilReadyAsync();
        // Locked before the host can see it: .NET creates a file and locks it in two steps.
        await using (var file = new FileStream(root.PathOf("pickup", "locked.part"), FileMode.CreateNew, FileAccess.Write, FileShare.None))
        {
            File.Move(file.Name, root.PathOf("pickup", "locked.eml"));
            file.Write(Encoding.ASCII.GetBytes(Header));
            file.Flush();
            // Passes go by: others are taken, this one is not.
            for (var i = 1; i <= 3; i++)
            {
                root.Put("pickup", $"other{i}.eml", Header);
                await Eventually.TrueAsync("another file is delivered", () => root.DropPaths().Length == i);
                Assert.Contains("locked.eml", root.NamesIn("pickup"));
            }
            file.Write(Line);
        }
        await Eventually.TrueAsync("the file is delivered", () => root.DropPaths().Length == 4);
        Assert.Single(root.Drops(), drop => drop.Body.Length == Line.Length);
        Assert.Equal(0, await host.StopAsync());
        Assert.Empty(host.Problems);
    }

    [Theory(DisplayName = "PU-1, RP-1: a file is taken within seconds of its appearance, although the next poll is an hour away")]
    [InlineData("pickup", "00:00:00", false)]
    [InlineData("pickup", "00:00:00.5", false)]
    [InlineData("pickup", "00:00:00.5", true)]
    [InlineData("replay", "00:00:00", false)]
    public async Task Takes_a_file_when_the_file_system_reports_it(string directory, string settleTime, bool inPlace)
    {
        using var root = new MailRoot();
        root.Transport["SettleTime"] = settleTime;
        root.Transport["PollingInterval"] = "01:00:00";
        await using var host = root.Start();
        await host.WaitUntilReadyAsync();
        var content = "X-Sender: <a@x.test>\r\nX-Receiver: <b@x.test>\r\n" + Header;
        if (inPlace)
            await File.WriteAllTextAsync(root.PathOf(directory, "written.eml"), content);
        else
            root.Put(directory, "moved.eml", content);
        await Eventually.TrueAsync("the file is delivered", () => root.DropPaths().Length == 1, TimeSpan.FromSeconds(20));
    }

    [Fact(DisplayName = "PU-1: a directory that appears only after the start is found by polling")]
    public async Task Finds_a_directory_that_appears_later()
    {
        using var root = new MailRoot();
        root.Transport["PollingInterval"] = "00:00:00.100";
        Directory.Delete(root.PathOf("pickup"));
        await using var host = root.Start();
        await host.WaitUntilReadyAsync();
        await host.WaitForLogAsync("Pickup directory");
        Directory.CreateDirectory(root.PathOf("pickup"));
        root.Put("pickup", "m.eml", Header);
        await Eventually.TrueAsync("the file is delivered", () => root.DropPaths().Length == 1);
        Assert.Equal(0, await host.StopAsync());
        Assert.Single(host.Log, line => line.Contains("cannot be read", StringComparison.Ordinal));
        Assert.DoesNotContain(host.Log, line => line.Contains("Exception", StringComparison.Ordinal));
    }

    [Fact(DisplayName = "PU-1, DR-5: files are taken oldest first, and Drop file names sort in the order of acceptance, over a restart as well")]
    public async Task Keeps_the_order()
    {
        const int count = 100;
        using var root = new MailRoot();
        var expected = new List<string>();
        for (var run = 0; run < 2; run++)
        {
            // Names and the order of creation say nothing: the age does.
            foreach (var i in Enumerable.Range(0, count).OrderBy(i => i * 37 % count))
            {
                root.Put("pickup", $"{i * 61 % count}.eml", Header.Replace("{0}", $"{run}-{i}", StringComparison.Ordinal));
                File.SetLastWriteTimeUtc(root.PathOf("pickup", $"{i * 61 % count}.eml"), DateTime.UtcNow.AddHours(-1).AddSeconds(i));
            }
            expected.AddRange(Enumerable.Range(0, count).Select(i => $"{run}-{i}"));
            await root.OnceAsync();
        }
        Assert.Equal(expected, root.Drops().Select(drop => drop.Fields("Subject").Single()));
    }

    private static void Append(string path)
    {
        using var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        file.Write(Line);
    }
}
