namespace ForeignConnector.Lib.Smtp;

/// <summary>
/// Knows how this server makes itself known to smart hosts: from a vault, or with tokens of OAuth 2. Register one as a service; it is asked
/// for every connection of a connector whose settings have no password. Thread-safe.
/// </summary>
public interface ISmtpCredentials
{
    /// <summary>The credential for a new connection.</summary>
    /// <param name="connectorName">The name of the connector in the configuration.</param>
    /// <param name="smartHost">The smart host.</param>
    /// <param name="cancellationToken">Ends with the attempt.</param>
    /// <returns>Null where none is needed. An exception counts as a failed login: the queue waits.</returns>
    ValueTask<SmtpCredential?> GetAsync(string connectorName, string smartHost, CancellationToken cancellationToken);
}
