using System.Text;
using ForeignConnector.Lib.Mail;

namespace ForeignConnector.Lib.Fuzz.Targets;

/// <summary>Octets as text, where a target reads text.</summary>
internal static class Text
{
    /// <summary>UTF-8; octets that are not UTF-8 as halves of surrogate pairs now and then, so that those come in, too.</summary>
    public static string Of(ReadOnlySpan<byte> octets)
    {
        var text = Encoding.UTF8.GetString(octets);
        return octets.IndexOf((byte)0xED) >= 0 ? text.Replace('\uFFFD', '\uD800') : text;
    }

    /// <summary>The result; null when the library refuses the text by a rule.</summary>
    public static T? OrNull<T>(Func<T> read)
        where T : class
    {
        try
        {
            return read();
        }
        catch (MailFormatException)
        {
            return null;
        }
    }
}
