namespace ForeignConnector.Lib.IntegrationTests.Hosts;

/// <summary>A way in which a Drop directory takes no messages, and its end. Works for every user, root included, unless it is not possible here.</summary>
internal abstract class DropOutage : IDisposable
{
    /// <summary>The outages that can be made on this machine, by name.</summary>
    public static IEnumerable<string> Possible => Makers.Where(maker => IsPossible(maker.Value)).Select(maker => maker.Key);

    private static readonly Dictionary<string, Func<DropOutage>> Makers = new()
    {
        ["missing"] = () => new Missing(),
        ["a file in its place"] = () => new FileInItsPlace(),
        ["a link to nowhere"] = () => new DanglingLink(),
        ["the quota"] = () => new Quota(),
        ["immutable"] = () => new Immutable(),
        ["read-only"] = () => new ReadOnlyMount(),
        ["a full disk"] = () => new FullDisk(),
    };

    /// <summary>What the deferral is reported as.</summary>
    public virtual string Status => "4.3.2";

    public static DropOutage Make(string name) => Makers[name]();

    /// <summary>Makes the outage; false when this machine does not allow it. <paramref name="directory"/> does not exist yet.</summary>
    public abstract bool TryBegin(string directory);

    public abstract void End(string directory);

    public virtual void Configure(MailRoot root)
    {
    }

    public virtual void Dispose() => GC.SuppressFinalize(this);

    private static bool IsPossible(Func<DropOutage> make)
    {
        using var root = new MailRoot();
        using var outage = make();
        var directory = root.PathOf("drop", "probe");
        if (!outage.TryBegin(directory))
            return false;
        outage.End(directory);
        return true;
    }

    private sealed class Missing : DropOutage
    {
        public override bool TryBegin(string directory) => true;

        public override void End(string directory) => Directory.CreateDirectory(directory);
    }

    private sealed class FileInItsPlace : DropOutage
    {
        public override bool TryBegin(string directory)
        {
            File.WriteAllText(directory, "");
            return true;
        }

        public override void End(string directory)
        {
            File.Delete(directory);
            Directory.CreateDirectory(directory);
        }
    }

    private sealed class DanglingLink : DropOutage
    {
        public override bool TryBegin(string directory)
        {
            Directory.CreateSymbolicLink(directory, directory + "-later");
            return true;
        }

        public override void End(string directory) => Directory.CreateDirectory(directory + "-later");
    }

    private sealed class Quota : DropOutage
    {
        private const string Filler = "filler.eml";

        public override string Status => "4.3.1";

        public override void Configure(MailRoot root) => root.Connectors["All"]!["DropDirectoryQuota"] = "20KB";

        public override bool TryBegin(string directory)
        {
            Directory.CreateDirectory(directory);
            File.WriteAllText(Path.Combine(directory, Filler), new string('x', 20_000));
            return true;
        }

        public override void End(string directory) => File.Delete(Path.Combine(directory, Filler));
    }

    private sealed class Immutable : DropOutage
    {
        private string? _marked;

        public override bool TryBegin(string directory)
        {
            Directory.CreateDirectory(directory);
            _marked = directory;
            return Unix.TryRun("chattr", "+i", directory);
        }

        public override void End(string directory) => Assert.True(Unix.TryRun("chattr", "-i", directory));

        public override void Dispose()
        {
            if (_marked is not null)
                Unix.TryRun("chattr", "-i", _marked);
            base.Dispose();
        }
    }

    private abstract class Mount(string initial, string later) : DropOutage
    {
        private string? _mounted;

        public override bool TryBegin(string directory)
        {
            Directory.CreateDirectory(directory);
            if (!Unix.TryRun("mount", "-t", "tmpfs", "-o", initial, "none", directory))
                return false;
            _mounted = directory;
            return true;
        }

        public override void End(string directory) => Assert.True(Unix.TryRun("mount", "-o", "remount," + later, directory));

        public override void Dispose()
        {
            if (_mounted is not null)
                Unix.TryRun("umount", "-l", _mounted);
            base.Dispose();
        }
    }

    private sealed class ReadOnlyMount() : Mount("ro,size=1m", "rw");

    private sealed class FullDisk() : Mount("size=64k", "size=1m")
    {
        // Otherwise Pickup would stop before a delivery meets the full disk.
        public override void Configure(MailRoot root)
        {
            root.Transport["BackPressureMinimumFreeSpace"] = "0B";
            root.Transport["BackPressureMinimumFreeFiles"] = 0;
        }

        public override bool TryBegin(string directory)
        {
            if (!base.TryBegin(directory))
                return false;
            File.WriteAllText(Path.Combine(directory, "filler"), new string('x', 64 << 10));
            return true;
        }
    }
}
