using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using ForeignConnector.Lib.Mail.Outcomes;

namespace ForeignConnector.Lib.Smtp.Dialogue;

/// <summary>One reply of a server (RFC 5321, 4.2). Immutable.</summary>
/// <param name="Code">The reply code, 200 to 599.</param>
/// <param name="Enhanced">The enhanced status code in front of its text, if there is one of the right class (RFC 2034).</param>
/// <param name="Lines">The texts of its lines, without codes.</param>
internal sealed record SmtpReply(int Code, EnhancedStatusCode? Enhanced, ImmutableArray<string> Lines)
{
    public bool IsPositive => Code / 100 == 2;

    public bool IsTransient => Code / 100 == 4;

    public bool IsPermanent => Code / 100 == 5;

    /// <summary>The texts of all lines.</summary>
    public string Text => string.Join(' ', Lines);

    /// <summary>The enhanced code, or what the reply code means (RFC 5248, 2).</summary>
    public EnhancedStatusCode Status => Enhanced ?? Code switch
    {
        421 => new(4, 3, 2),
        450 => new(4, 2, 0),
        451 => new(4, 3, 0),
        452 => new(4, 3, 1),
        454 => new(4, 7, 0),
        >= 500 and <= 504 => new(5, 5, 0),
        530 or 534 or 535 or 538 => new(5, 7, 0),
        550 => new(5, 1, 0),
        551 => new(5, 1, 6),
        552 => new(5, 3, 4),
        553 => new(5, 1, 3),
        _ => new(Code / 100, 0, 0),
    };

    /// <summary><c>550 5.1.1 text</c>.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Code} {(Enhanced is { } code ? $"{code} " : "")}{Text}").TrimEnd();

    /// <summary>Reads a reply.</summary>
    /// <param name="lines">Its lines, without line ends.</param>
    /// <returns>Null when it is none.</returns>
    public static SmtpReply? Parse(IReadOnlyList<byte[]> lines)
    {
        var (code, enhanced, texts) = (0, default(EnhancedStatusCode?), ImmutableArray.CreateBuilder<string>(lines.Count));
        foreach (var line in lines)
        {
            if (!TryReadCode(line, out var its) || (code != 0 && its != code))
                return null;
            code = its;
            var text = Encoding.UTF8.GetString(line.AsSpan(Math.Min(4, line.Length))).Trim();
            if (code / 100 is 2 or 4 or 5 && EnhancedStatusCode.TryParse(text.Split(' ')[0], out var status) && status.Class == code / 100)
            {
                enhanced ??= status;
                text = text[text.Split(' ')[0].Length..].TrimStart();
            }
            texts.Add(text);
        }
        return code == 0 ? null : new SmtpReply(code, enhanced, texts.ToImmutable());
    }

    /// <summary>Whether a line is the last one of its reply; null when it is none of a reply.</summary>
    public static bool? IsLast(ReadOnlySpan<byte> line) => TryReadCode(line, out _) ? line.Length == 3 || line[3] == ' ' : null;

    private static bool TryReadCode(ReadOnlySpan<byte> line, out int code)
    {
        code = 0;
        if (line.Length < 3 || line[0] is < (byte)'2' or > (byte)'5'
            || !char.IsAsciiDigit((char)line[1]) || !char.IsAsciiDigit((char)line[2])
            || (line.Length > 3 && line[3] is not ((byte)' ' or (byte)'-')))
            return false;
        code = ((line[0] - '0') * 100) + ((line[1] - '0') * 10) + (line[2] - '0');
        return true;
    }
}
