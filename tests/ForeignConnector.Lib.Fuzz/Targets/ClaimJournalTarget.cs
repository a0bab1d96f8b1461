using System.Text;
using ForeignConnector.Lib.Fuzz.Running;
using ForeignConnector.Lib.Intake.Claims;
using ForeignConnector.Lib.Storage.Platform;

namespace ForeignConnector.Lib.Fuzz.Targets;

/// <summary>The lines of a claim journal (PU-14, SE-2): what was written down is read, whatever the names are, and nothing else is taken for a claim.</summary>
internal static class ClaimJournalTarget
{
    // What a volume takes, without the extension that a claim adds.
    private const int MaxName = 251;

    public static void Run(ReadOnlySpan<byte> input)
    {
        foreach (var line in input.ToArray().Chunk(ClaimLine.Length))
        {
            if (ClaimLine.Read(line) is { } read)
                CheckRead(read);
            if (ClaimLine.ReadHeader(line) is { } header)
                Check.Equal(header, ClaimLine.ReadHeader(ClaimLine.Header(header)), "a header reads back as it was written");
        }
        CheckWritten(input);
    }

    private static void CheckRead(ClaimRecord record)
    {
        Check.That(IsName(record.ClaimName) && IsName(record.FileName), "SE-1: no name leads out of the directory");
        Check.Equal(Describe(record), Describe(ClaimLine.Read(ClaimLine.Write(record))), "a claim that was read can be written and read again");
    }

    // Names and numbers of the input's own; then one octet changed, which makes it no claim or changes its state alone.
    private static void CheckWritten(ReadOnlySpan<byte> input)
    {
        Span<byte> numbers = stackalloc byte[64];
        input[..Math.Min(numbers.Length, input.Length)].CopyTo(numbers);
        var name = Encoding.UTF8.GetString(input[..Math.Min(255, input.Length)]);
        if (!IsName(name) || Encoding.UTF8.GetByteCount(name) > MaxName)
            return;
        var facts = new FileFacts(BitConverter.ToUInt64(numbers), BitConverter.ToInt64(numbers[8..]), BitConverter.ToInt64(numbers[16..]), BitConverter.ToInt64(numbers[24..]), BitConverter.ToInt64(numbers[32..]));
        var record = new ClaimRecord(name, name + ".tmp", facts, new UInt128(BitConverter.ToUInt64(numbers[40..]), BitConverter.ToUInt64(numbers[48..])))
        {
            State = (ClaimState)(numbers[56] % Enum.GetValues<ClaimState>().Length),
            Suspicion = (Suspicion)(numbers[57] % Enum.GetValues<Suspicion>().Length),
            Crashes = numbers[58],
        };
        var line = ClaimLine.Write(record);
        Check.That(line.Length == ClaimLine.Length && line[^1] == '\n' && line.AsSpan().IndexOf((byte)'\n') == line.Length - 1, "a claim is one line of one length");
        var written = Describe(record);
        Check.Equal(written, Describe(ClaimLine.Read(line)), "PU-14: a claim reads back as it was written");
        var at = ClaimLine.StateLength + (BitConverter.ToUInt16(numbers[59..]) % (ClaimLine.Length - ClaimLine.StateLength));
        line[at] ^= (byte)(1 << (numbers[61] % 8));
        if (ClaimLine.Read(line) is { } changed)
            Check.Equal(written, Describe(changed), "PU-14: a claim that is not as it was written is none");
    }

    private static string Describe(ClaimRecord? record) =>
        record is null ? "no claim" : $"{record.State} {record.Suspicion} {record.Crashes} {record.Key:x32} {record.Facts} {record.ClaimName} {record.FileName}";

    private static bool IsName(string name) => name is not ("" or "." or "..") && !name.AsSpan().ContainsAny("/\\\0");
}
