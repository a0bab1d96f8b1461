using System.Globalization;

namespace ForeignConnector.Lib.IntegrationTests.Hosts.Hostile;

/// <summary>What the tests with hostile directories have in common.</summary>
internal static class Scene
{
    /// <summary>How long an orderly stop may take, on a busy machine.</summary>
    public static readonly TimeSpan Stop = TimeSpan.FromSeconds(25);

    /// <summary>A mail root that is looked at often, on volumes that may be small.</summary>
    public static MailRoot Root()
    {
        var root = new MailRoot();
        root.Transport["PollingInterval"] = "00:00:00.100";
        root.Transport["BackPressureMinimumFreeSpace"] = "0B";
        root.Transport["BackPressureMinimumFreeFiles"] = 0;
        return root;
    }

    public static string Mail(object subject, string to = "b@x.test") =>
        string.Create(CultureInfo.InvariantCulture, $"From: a@x.test\r\nTo: {to}\r\nSubject: {subject}\r\n\r\nbody of {subject}\r\n");

    public static string ReplayMail(object subject, string to = "b@x.test") =>
        string.Create(CultureInfo.InvariantCulture, $"X-Sender: <a@x.test>\r\nX-Receiver: <{to}>\r\nSubject: {subject}\r\n\r\nbody of {subject}\r\n");

    /// <summary>Writes a file on the volume that it is for, and gives it its name when it is complete.</summary>
    public static void Hand(string path, string text)
    {
        File.WriteAllText(path + ".part", text);
        File.Move(path + ".part", path);
    }

    /// <summary>Hands in some messages through Replay, one after the other, and waits for each: so many times the host has looked at its directories.</summary>
    public static async Task LookAsync(MailRoot root, HostProcess host, int times = 3)
    {
        for (var i = 0; i < times; i++)
        {
            var subject = $"look {Guid.NewGuid():N}";
            Hand(root.PathOf("replay", $"{i}.eml"), ReplayMail(subject));
            await UntilAsync(host, $"'{subject}' is delivered", () => Subjects(root).Contains(subject));
        }
    }

    public static Task UntilAsync(HostProcess host, string what, Func<bool> condition, TimeSpan? within = null) =>
        Eventually.TrueAsync(what, () => host.HasExited ? throw new InvalidOperationException(host.Story) : condition(), within);

    /// <summary>The subjects in a Drop directory, those of <see cref="LookAsync"/> included. What is no message of ours has none.</summary>
    public static string[] Subjects(MailRoot root, string directory = "all") =>
        [.. root.DropPaths(directory).Where(IsRegular).Select(File.ReadAllText).Select(SubjectOf).Where(subject => subject.Length > 0)];

    public static string[] MessageSubjects(MailRoot root, string directory = "all") =>
        [.. Subjects(root, directory).Where(subject => !subject.StartsWith("look ", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    public static async Task StopAsync(HostProcess host) => Assert.True(await host.StopAsync(Stop) == 0, host.Story);

    /// <summary>What an entry is: its kind, its owner, its size and what it is a link to. The same as long as nobody touches it.</summary>
    public static string Describe(string path)
    {
        var entry = new FileInfo(path);
        var kind = entry.LinkTarget ?? $"{entry.UnixFileMode} {entry.Attributes & (FileAttributes.Directory | FileAttributes.Device)} {(entry.Exists && IsRegular(path) ? Convert.ToHexString(File.ReadAllBytes(path)) : "")}";
        return $"{entry.Exists || Directory.Exists(path)} {kind}";
    }

    private static bool IsRegular(string path) => (File.GetAttributes(path) & (FileAttributes.Directory | FileAttributes.Device | FileAttributes.ReparsePoint)) == 0 && Unix.TryRun("test", "-f", path);

    private static string SubjectOf(string text)
    {
        var line = text.Split("\r\n").FirstOrDefault(line => line.StartsWith("Subject: ", StringComparison.Ordinal));
        return line?["Subject: ".Length..] ?? "";
    }
}
