using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ForeignConnector.Lib.Mail.Octets;
using ForeignConnector.Lib.Storage.Platform;

namespace ForeignConnector.Lib.Intake.Claims;

/// <summary>
/// One line of a <see cref="ClaimJournal"/>, for people too: the state, then what does not change while the claim lasts, then a check. All
/// lines have one length, so that each is written in its place; a line that a power cut tore fails its check.
/// </summary>
internal static class ClaimLine
{
    /// <summary>Octets of a line, its line end included: enough for two names of 255 octets with every octet escaped once.</summary>
    public const int Length = 2048;

    /// <summary>Octets of the state, which is changed alone.</summary>
    public const int StateLength = 9;

    private const int CheckLength = 16;

    private const string HeaderLabel = "Claims in ";

    /// <summary>The line of a record.</summary>
    public static byte[] Write(ClaimRecord record)
    {
        var fields = string.Create(
            CultureInfo.InvariantCulture,
            $"{record.Key:x32} {record.Suspicion} {record.Crashes} {record.Facts} {Escape(record.ClaimName)} {Escape(record.FileName)}");
        return Pad($"{State(record.State)}{fields} {Check(fields)}");
    }

    /// <summary>A line that says something about the whole journal.</summary>
    public static byte[] Header(string text) => Pad($"{HeaderLabel}{Escape(text)} {Check(text)}");

    /// <summary>True when the whole of a text fits the header.</summary>
    public static bool FitsHeader(string text) => HeaderLabel.Length + Escape(text).Length + 1 + CheckLength < Length;

    /// <summary>The text of <see cref="Header"/>; null when the line is another one.</summary>
    public static string? ReadHeader(ReadOnlySpan<byte> line)
    {
        var text = Encoding.ASCII.GetString(line).TrimEnd(' ', '\n');
        if (text.Split(' ') is not ["Claims", "in", var escaped, var check])
            return null;
        var header = Unescape(escaped);
        return check == Check(header) ? header : null;
    }

    /// <summary>The first octets of a line.</summary>
    public static string State(ClaimState state) => state.ToString().PadRight(StateLength);

    /// <summary>The record of a line; null for a free one, and for one that is torn or was written by somebody else.</summary>
    public static ClaimRecord? Read(ReadOnlySpan<byte> line)
    {
        var text = Encoding.ASCII.GetString(line).TrimEnd(' ', '\n');
        if (text.Length <= StateLength + CheckLength || !Enum.TryParse(text[..StateLength].TrimEnd(), out ClaimState state)
            || !Enum.IsDefined(state))
            return null;
        var fields = text[StateLength..^(CheckLength + 1)];
        if (text[^(CheckLength + 1)..] != " " + Check(fields)
            || fields.Split(' ') is not [var key, var suspicion, var crashes, var facts, var claim, var file])
            return null;
        if (!UInt128.TryParse(key, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var id)
            || !Enum.TryParse(suspicion, out Suspicion why) || !Enum.IsDefined(why)
            || !int.TryParse(crashes, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            || !FileFacts.TryParse(facts, out var known))
            return null;
        var (claimName, fileName) = (Unescape(claim), Unescape(file));
        return IsName(claimName) && IsName(fileName) ? new ClaimRecord(
            fileName, claimName, known, id)
        { State = state, Suspicion = why, Crashes = count } : null;
    }

    // A name of a file in the directory, and nothing that leads out of it.
    private static bool IsName(string name) => name is not ("" or "." or "..") && name.IndexOfAny(['/', '\\', '\0']) < 0;

    private static byte[] Pad(string text)
    {
        var line = new byte[Length];
        line.AsSpan().Fill((byte)' ');
        line[^1] = (byte)'\n';
        Encoding.ASCII.GetBytes(text.AsSpan(0, Math.Min(text.Length, Length - 1)), line);
        return line;
    }

    private static string Check(string fields) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(fields)).AsSpan(0, CheckLength / 2));

    // Printable ASCII but for the blank and '%' stands for itself.
    private static string Escape(string name)
    {
        var text = new StringBuilder(name.Length);
        foreach (var octet in Encoding.UTF8.GetBytes(name))
        {
            if (octet is > (byte)' ' and <= (byte)'~' and not (byte)'%')
                text.Append((char)octet);
            else
                text.AppendEscape('%', octet);
        }
        return text.ToString();
    }

    private static string Unescape(string text)
    {
        var octets = new List<byte>(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '%' && i + 2 < text.Length
                && byte.TryParse(text.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var octet))
            {
                octets.Add(octet);
                i += 2;
            }
            else
            {
                octets.Add((byte)text[i]);
            }
        }
        return Encoding.UTF8.GetString([.. octets]);
    }
}
