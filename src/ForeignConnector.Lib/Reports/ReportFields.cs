using System.Buffers;
using System.Text;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Headers;

namespace ForeignConnector.Lib.Reports;

/// <summary>The header of a report, or of a part of it: fields in their order. What was written is read again before it is used
/// (SE-9).</summary>
internal sealed class ReportFields
{
    // Control characters but for tab, CR and LF, which OctetScan judges.
    private static readonly SearchValues<byte> Forbidden = SearchValues.Create(
        [.. Enumerable.Range(0, 32).Except(['\t', '\r', '\n']).Select(c => (byte)c), 0x7f]);

    private readonly List<(string Name, string Value)> _fields = [];

    /// <summary>Adds a field.</summary>
    /// <param name="name">Not used before.</param>
    /// <param name="value">As it shall stand, folds included.</param>
    public ReportFields Add(string name, string value)
    {
        _fields.Add((name, value));
        return this;
    }

    /// <summary>Writes the fields and a blank line.</summary>
    /// <returns>False when a reader would find other fields, or a line that not every mail system takes; nothing is written then.</returns>
    public bool TryWrite(IBufferWriter<byte> output)
    {
        var octets = Encoding.UTF8.GetBytes(string.Concat(_fields.Select(field => $"{field.Name}: {field.Value}\r\n").Append("\r\n")));
        if (!IsReadBack(octets))
            return false;
        output.Write(octets);
        return true;
    }

    private bool IsReadBack(ReadOnlySpan<byte> octets)
    {
        var scanner = new HeaderScanner(octets);
        foreach (var (name, _) in _fields)
        {
            if (!scanner.TryRead(out var field) || !Ascii.Equals(field.Name(octets), name))
                return false;
        }
        if (scanner.BlankLineLength != 2 || scanner.Position + 2 != octets.Length || octets.ContainsAny(Forbidden))
            return false;
        var scan = default(OctetScan);
        scan.Add(octets);
        scan.Complete();
        return scan.Body != BodyType.BinaryMime;
    }
}
