using System.Text;
using ForeignConnector.Lib.Intake.Claims;
using ForeignConnector.Lib.Storage.Platform;
using ForeignConnector.Lib.TestKit;
using ForeignConnector.Lib.TestKit.Disks;
using Microsoft.Extensions.Time.Testing;

namespace ForeignConnector.Lib.Tests.Intake;

/// <summary>What a process finds in the claim journal of one that died, whole or damaged.</summary>
public class ClaimJournalTests
{
    private const string Directory = "/queue";
    private const string Watched = "/mail/pickup";

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero));

    private CrashingFileSystem _files;

    public ClaimJournalTests() => _files = new CrashingFileSystem(DiskImage.Empty, _time);

    [Theory(DisplayName = "PU-14: a journal whose header is damaged still proves the claims of its lines that are whole")]
    [InlineData("octet")]
    [InlineData("label")]
    [InlineData("zeros")]
    [InlineData("blanks")]
    [InlineData("half")]
    [InlineData("check")]
    [InlineData("nothing")]
    public void Keeps_whole_records(string damage)
    {
        WriteAndDie(Watched, 1, 2, 3);
        Change(octets => Damage(octets.AsSpan(0, ClaimLine.Length), damage));

        using var next = Open(Watched);

        Assert.Equal([1, 2, 3], Keys(next.TakeOver()));
        Die();
        // They are in the journal of the one that took them over, and only there.
        using var last = Open(Watched);
        Assert.Equal([1, 2, 3], Keys(last.TakeOver()));
    }

    [Theory(DisplayName = "PU-14: a record that is damaged proves nothing, and harms no other")]
    [InlineData("octet", "octet")]
    [InlineData("zeros", "nothing")]
    [InlineData("blanks", "half")]
    [InlineData("half", "nothing")]
    [InlineData("check", "zeros")]
    public void Passes_over_a_torn_record(string damage, string header)
    {
        WriteAndDie(Watched, 1, 2, 3);
        var torn = -1;
        Change(octets =>
        {
            torn = Enumerable.Range(1, 3).Single(line => ClaimLine.Read(Line(octets, line))!.Key == 2);
            Damage(Line(octets, torn), damage);
            Damage(Line(octets, 0), header);
        });

        using var next = Open(Watched);

        Assert.Equal([1, 3], Keys(next.TakeOver()));
    }

    [Theory(DisplayName = "PU-14: a journal that is shorter than its header, or ends in a record, gives what is whole and goes")]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(ClaimLine.Length - 1, 0)]
    [InlineData(ClaimLine.Length, 0)]
    [InlineData(ClaimLine.Length + 1, 0)]
    [InlineData(2 * ClaimLine.Length, 1)]
    [InlineData((2 * ClaimLine.Length) + 100, 1)]
    [InlineData(3 * ClaimLine.Length, 2)]
    public void Reads_a_short_journal(int length, int records)
    {
        WriteAndDie(Watched, 1, 2);
        var path = Assert.Single(Journals);
        _files.File.WriteAllBytes(path, _files.File.ReadAllBytes(path)[..length]);

        using var next = Open(Watched);

        Assert.Equal(records, next.TakeOver().Count);
        Assert.DoesNotContain(path, Journals);
    }

    [Theory(DisplayName = "PU-14: a journal about another directory is left to whoever watches that")]
    [InlineData("/mail/pickup2")]
    [InlineData("/mail/Pickup")]
    [InlineData("/mail")]
    public void Leaves_the_journal_of_another_directory(string other)
    {
        WriteAndDie(other, 1);

        using (var next = Open(Watched))
            Assert.Empty(next.TakeOver());

        using var owner = Open(other);
        Assert.Equal([1], Keys(owner.TakeOver()));
    }

    [Theory(DisplayName = "RY-4: journals that cannot be looked for, or read, are an error and not none: they are taken over later")]
    [InlineData("EIO")]
    [InlineData("EACCES")]
    [InlineData("EMFILE")]
    public void Does_not_take_an_error_for_nothing(string error)
    {
        WriteAndDie(Watched, 1, 2);
        var faulty = new FaultyFileSystem(_files);
        using var next = new ClaimJournal(Directory, "Pickup", Watched, faulty, faulty);
        faulty.FailWhile(operation => operation.Contains(Directory, StringComparison.Ordinal) ? DiskErrors.ByName(error, operation) : null);
        Assert.True(Record.Exception(() => next.TakeOver()) is IOException or UnauthorizedAccessException);

        faulty.FailWhile(_ => null);

        Assert.Equal([1, 2], Keys(next.TakeOver()));
    }

    private IEnumerable<string> Journals => _files.Now.Files.Select(file => file.Path).Where(path => path.Contains("/claims-", StringComparison.Ordinal));

    private static int[] Keys(IEnumerable<ClaimRecord> records) => [.. records.Select(record => (int)record.Key).Order()];

    private static Span<byte> Line(byte[] octets, int line) => octets.AsSpan(line * ClaimLine.Length, ClaimLine.Length);

    private static void Damage(Span<byte> line, string damage)
    {
        switch (damage)
        {
            case "octet":
                line[20] ^= 1;
                break;
            case "label":
                Encoding.ASCII.GetBytes("Xlaims").CopyTo(line);
                break;
            case "zeros":
                line.Clear();
                break;
            case "blanks":
                line[..^1].Fill((byte)' ');
                break;
            case "half":
                line[(line.IndexOf("  "u8) is var end and > 0 ? end / 2 : 10)..].Clear();
                break;
            case "check":
                line[line.TrimEnd(" \n"u8).Length - 1] ^= 1;
                break;
        }
    }

    private void WriteAndDie(string watched, params int[] keys)
    {
        Open(watched).Write([.. keys.Select(key => new ClaimRecord($"{key}.eml", $"{key}.tmp", new FileFacts((ulong)key, 1, 2, 3, 4), (UInt128)(uint)key))]);
        Die();
    }

    private void Die() => _files = new CrashingFileSystem(_files.Now, _time);

    private void Change(Action<byte[]> change)
    {
        var path = Assert.Single(Journals);
        var octets = _files.File.ReadAllBytes(path);
        change(octets);
        _files.File.WriteAllBytes(path, octets);
    }

    private ClaimJournal Open(string watched) => new(Directory, "Pickup", watched, _files, _files);
}
