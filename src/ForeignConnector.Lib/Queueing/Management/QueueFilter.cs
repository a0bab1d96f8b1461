using System.Text;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Addresses;

namespace ForeignConnector.Lib.Queueing.Management;

/// <summary>Chooses queued messages; what is null does not matter.</summary>
public sealed record QueueFilter
{
    /// <summary>The connector, compared without case; empty means the unreachable ones.</summary>
    public string? Connector { get; init; }

    /// <summary>What they wait for.</summary>
    public QueuedMessageStatus? Status { get; init; }

    /// <summary>Accepted at least this long ago.</summary>
    public TimeSpan? MinimumAge { get; init; }

    /// <summary>
    /// A part of a recipient's address, compared without case. One of another system is known by its IMCEA form, as <c>FAX:+1 425</c> and
    /// as <c>+1 425 (FAX)</c>.
    /// </summary>
    public string? Recipient { get; init; }

    /// <summary>True for a message that is chosen.</summary>
    /// <param name="message">The message.</param>
    /// <param name="now">The time ages are counted to.</param>
    public bool Matches(QueuedMessage message, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(message);
        return MatchesConnector(message.Connector)
            && (Status is null || message.Status == Status)
            && (MinimumAge is null || now - message.AcceptedAt >= MinimumAge)
            && (Recipient is null || message.Recipients.Any(
                recipient => Names(recipient.Address).Any(name => name.Contains(Recipient, StringComparison.OrdinalIgnoreCase))));
    }

    private static IEnumerable<string> Names(string address)
    {
        yield return address;
        if (Unwrapped(address) is not var (type, value))
            yield break;
        yield return $"{type}:{value}";
        // As reports call it.
        yield return $"{value} ({type})";
    }

    private static (string Type, string Value)? Unwrapped(string address)
    {
        try
        {
            if (!Imcea.IsEncapsulated(address))
                return null;
            var value = Imcea.Decode(address, out var type);
            return (type, Encoding.UTF8.GetString(value));
        }
        catch (MailFormatException)
        {
            return null;
        }
    }

    // Lets a whole folder be passed over.
    internal bool MatchesConnector(string connector) =>
        Connector is null || string.Equals(Connector, connector, StringComparison.OrdinalIgnoreCase);
}
