using ForeignConnector.Lib.Smtp.Agent;
using ForeignConnector.Lib.Transport.Connectors;

namespace ForeignConnector.Lib.Smtp;

/// <summary>The kind of connector that relays to a smart host, for a transport without a host around it.</summary>
public static class SmtpConnectorType
{
    /// <summary>The protocol: <c>"DeliveryProtocol": "SMTP"</c>.</summary>
    public const string Protocol = "SMTP";

    /// <summary>
    /// Makes the kind; add it to <see cref="Transport.TransportServices.ConnectorTypes"/>. In a host, call <c>AddSmtpAgent</c> instead. Its
    /// settings are <see cref="SmtpAgentOptions"/>.
    /// </summary>
    public static ConnectorType Create() => ConnectorType.CreateAgent(
        Protocol, SmtpAgentOptions.Keys, (context, options) => new SmtpAgent(context, options), SmtpAgentOptions.Problems);
}
