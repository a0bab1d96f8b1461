using System.Text;
using System.Text.Json.Nodes;

namespace ForeignConnector.Lib.IntegrationTests.Hosts;

/// <summary>A content root of TransportHost in a directory of its own: configuration, files in, files out. Disposing deletes it.</summary>
internal sealed class MailRoot : IDisposable
{
    public MailRoot()
    {
        Root = Directory.CreateTempSubdirectory("foreign-connector-").FullName;
        foreach (var directory in (string[])["pickup", "replay", "drop"])
            Directory.CreateDirectory(PathOf(directory));
        Connectors["All"] = Connector("*");
    }

    public string Root { get; }

    /// <summary>The section <c>Transport</c>. Without the limits that slow tests down.</summary>
    public JsonObject Transport { get; } = new()
    {
        ["ServerName"] = "HUB01",
        ["DefaultDomain"] = "contoso.com",
        ["AcceptedDomains"] = new JsonArray("contoso.com"),
        ["RootDropDirectoryPath"] = "drop",
        ["QueueDirectoryPath"] = "queue",
        ["PickupDirectoryPath"] = "pickup",
        ["ReplayDirectoryPath"] = "replay",
        ["PickupDirectoryMaxMessagesPerMinute"] = "unlimited",
        ["SettleTime"] = "00:00:00",
        ["QueueGlitchRetryInterval"] = "00:00:01",
        ["TransientFailureRetryInterval"] = "00:00:01",
        ["OutboundConnectionFailureRetryInterval"] = "00:00:01",
        ["MessageRetryInterval"] = "00:00:01",
    };

    /// <summary>The section <c>Connectors</c>: <c>All</c> takes every SMTP address to drop/all.</summary>
    public JsonObject Connectors { get; } = [];

    public static JsonObject Connector(string space, string directory = "all") => new()
    {
        ["AddressSpaces"] = new JsonArray(space),
        ["DropDirectory"] = directory,
        ["CreateDropDirectory"] = true,
    };

    public string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>A file that is complete from the first moment on.</summary>
    public void Put(string directory, string name, ReadOnlySpan<byte> content)
    {
        var path = Compose(content);
        File.Move(path, PathOf(directory, name));
    }

    public void Put(string directory, string name, string content) => Put(directory, name, Encoding.Latin1.GetBytes(content));

    /// <summary>The same, under a name that need not be text.</summary>
    public void Put(string directory, ReadOnlySpan<byte> name, string content) =>
        Unix.Rename(Compose(Encoding.Latin1.GetBytes(content)), PathOf(directory), name);

    /// <summary>The names in a directory, in order; none when it is missing.</summary>
    public string[] NamesIn(params string[] parts)
    {
        var directory = new DirectoryInfo(PathOf(parts));
        return directory.Exists ? [.. directory.EnumerateFileSystemInfos().Select(entry => entry.Name).Order(StringComparer.Ordinal)] : [];
    }

    /// <summary>How many entries a directory has; cheap enough to ask again and again.</summary>
    public int CountIn(params string[] parts) => Directory.EnumerateFileSystemEntries(PathOf(parts)).Count();

    /// <summary>The messages in a Drop directory, in the order of their names.</summary>
    public string[] DropPaths(string directory = "all") =>
        [.. NamesIn("drop", directory).Where(name => name.EndsWith(".eml", StringComparison.Ordinal)).Select(name => PathOf("drop", directory, name))];

    public DropFile[] Drops(string directory = "all") => [.. DropPaths(directory).Select(DropFile.Read)];

    /// <summary>Starts the host; with no further arguments it runs until it is stopped.</summary>
    public HostProcess Start(params string[] arguments) => Start(null, arguments);

    public HostProcess Start(IReadOnlyDictionary<string, string>? environment, params string[] arguments)
    {
        WriteConfiguration("appsettings.json");
        return HostProcess.Start("TransportHost", ["--contentRoot", Root, .. arguments], Path.GetTempPath(), environment);
    }

    /// <summary>Starts the host through a shell (<see cref="HostProcess.StartInShell"/>).</summary>
    public HostProcess StartInShell(string script, params string[] arguments)
    {
        WriteConfiguration("appsettings.json");
        return HostProcess.StartInShell("TransportHost", script, ["--contentRoot", Root, .. arguments]);
    }

    /// <summary>One round, which must end well.</summary>
    public async Task<HostProcess> OnceAsync(IReadOnlyDictionary<string, string>? environment = null)
    {
        var host = Start(environment, "--once");
        await using (host)
            Assert.True(await host.WaitForExitAsync() == 0, host.Story);
        return host;
    }

    public void WriteConfiguration(string path) =>
        File.WriteAllText(PathOf(path), new JsonObject
        {
            ["ForeignConnector"] = new JsonObject { [nameof(Transport)] = Transport.DeepClone(), [nameof(Connectors)] = Connectors.DeepClone() },
        }.ToJsonString());

    // Some files in it have names that .NET cannot say.
    public void Dispose() => Assert.True(Unix.TryRun("rm", "-rf", "--", Root), $"'{Root}' cannot be deleted");

    private string Compose(ReadOnlySpan<byte> content)
    {
        var path = PathOf($"compose-{Guid.NewGuid():N}");
        File.WriteAllBytes(path, content);
        return path;
    }
}
