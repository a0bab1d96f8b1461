using System.Globalization;

namespace ForeignConnector.Lib.IntegrationTests.Hosts.Hostile;

/// <summary>An ordinary account: numbers that nobody else uses. What is done as it is done by programs that <c>setpriv</c> starts.</summary>
internal sealed record Account(int Id)
{
    /// <summary>The one that the host runs as.</summary>
    public static readonly Account Host = new(54_001);

    /// <summary>Somebody else, who may write where everybody may.</summary>
    public static readonly Account Stranger = new(54_002);

    private string Name => Id.ToString(CultureInfo.InvariantCulture);

    private string[] Switch => ["setpriv", "--reuid", Name, "--regid", Name, "--clear-groups", "--"];

    /// <summary>True when programs can be started as this account, and it can read the host's program.</summary>
    public bool IsPossible(ITestOutputHelper output)
    {
        if (TryRun("test", "-r", HostProcess.AssemblyOf("TransportHost")))
            return true;
        output.WriteLine("Not run: programs cannot be started as another account here.");
        return false;
    }

    public bool TryRun(params string[] command) => Unix.TryRun(Switch[0], [.. Switch[1..], .. command]);

    public void Run(params string[] command) => Assert.True(TryRun(command), string.Join(' ', command));

    /// <summary>Starts the host as this account, in a mail root that is its own.</summary>
    public HostProcess Start(MailRoot root, params string[] arguments)
    {
        root.WriteConfiguration("appsettings.json");
        return HostProcess.StartBehind(Switch, "TransportHost", ["--contentRoot", root.Root, .. arguments]);
    }

    /// <summary>Gives a file or a directory, with all that is in it, to this account.</summary>
    public void Own(string path) => Assert.True(Unix.TryRun("chown", "-R", $"{Name}:{Name}", path));
}
