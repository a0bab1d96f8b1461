using System.Text;
using ForeignConnector.Lib.Fuzz.Running;
using ForeignConnector.Lib.Intake.Claims;
using ForeignConnector.Lib.Storage;

namespace ForeignConnector.Lib.Fuzz.Targets;

/// <summary>A line of the journal of claims (PU-14): whatever is read of a damaged one is a whole record, and names nothing outside its directory.</summary>
internal static class ClaimTarget
{
    public static void Run(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty)
            return;
        var name = Encoding.UTF8.GetString(input[..Math.Min(input.Length, 200)]).Replace('/', '_').Replace('\\', '_').Replace('\0', '_');
        if (name is "" or "." or "..")
            return;
        var record = new ClaimRecord(name + ".eml", name + ".tmp", new FileFacts((ulong)input.Length, -1, input[0], long.MaxValue, 4), (UInt128)input[0] << 64)
        {
            State = (ClaimState)(input[0] % 5),
            Suspicion = (Suspicion)(input[0] % 3),
            Crashes = input[0],
        };
        var line = ClaimLine.Write(record);
        Check.Equal(ClaimLine.Length, line.Length, "PU-14: every line has one length");
        Check.Equal(Described(record), Described(ClaimLine.Read(line)!), "PU-14: a claim that is written down reads back equal");
        // Octets of the input over a line that was whole: torn, or written by somebody else.
        for (var i = 0; i + 1 < Math.Min(input.Length, 8); i += 2)
            line[(input[i] << 3) | (input[i + 1] & 7)] = input[i + 1];
        if (ClaimLine.Read(line) is { } damaged)
        {
            Check.That(IsPlain(damaged.ClaimName) && IsPlain(damaged.FileName), "PU-14: a claim names a file of its directory");
            Check.Equal(record.Key, damaged.Key, "PU-14: a line whose check holds says what was written");
        }
        var whole = new byte[ClaimLine.Length];
        input[..Math.Min(input.Length, whole.Length)].CopyTo(whole);
        if (ClaimLine.Read(whole) is { } any)
            Check.That(IsPlain(any.ClaimName) && IsPlain(any.FileName), "PU-14: a claim names a file of its directory");
        _ = ClaimLine.ReadHeader(whole);
    }

    private static string Described(ClaimRecord record) =>
        $"{record.FileName}|{record.ClaimName}|{record.Facts}|{record.Key}|{record.State}|{record.Suspicion}|{record.Crashes}";

    private static bool IsPlain(string name) => name is not ("" or "." or "..") && name.IndexOfAny(['/', '\\', '\0']) < 0;
}
