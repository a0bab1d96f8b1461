namespace ForeignConnector.Lib.IntegrationTests.Hosts.Hostile;

/// <summary>Something that a stranger puts where the host might write or read, by name.</summary>
internal sealed class Trap
{
    private const string VictimText = "this belongs to somebody\n";

    private readonly string _path;
    private readonly string _victim;
    public string Before { get; }

    private Trap(string path, string victim)
    {
        _path = path;
        _victim = victim;
        Before = Scene.Describe(path);
    }

    public static string[] Kinds { get; } = ["a link to a file", "a link to nowhere", "a link to /dev/zero", "a FIFO", "a directory", "a file", "an empty file"];

    public static Trap Set(string kind, string path, MailRoot root)
    {
        var victim = root.PathOf("victim");
        File.WriteAllText(victim, VictimText);
        switch (kind)
        {
            case "a link to a file":
                File.CreateSymbolicLink(path, victim);
                break;
            case "a link to nowhere":
                File.CreateSymbolicLink(path, root.PathOf("nowhere"));
                break;
            case "a link to /dev/zero":
                File.CreateSymbolicLink(path, "/dev/zero");
                break;
            case "a FIFO":
                Unix.MakeFifo(path);
                break;
            case "a directory":
                Directory.CreateDirectory(path);
                break;
            default:
                File.WriteAllText(path, kind == "a file" ? "notes of somebody\n" : "");
                break;
        }
        return new Trap(path, victim);
    }

    /// <summary>It is as it was, and so is what it leads to.</summary>
    public void AssertUntouched()
    {
        Assert.Equal(Before, Scene.Describe(_path));
        Assert.Equal(VictimText, File.ReadAllText(_victim));
        Assert.False(File.Exists(_victim.Replace("victim", "nowhere", StringComparison.Ordinal)));
    }
}
