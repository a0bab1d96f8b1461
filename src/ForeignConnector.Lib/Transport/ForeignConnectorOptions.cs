using ForeignConnector.Lib.Transport.Configuration;
using Microsoft.Extensions.Options;


namespace ForeignConnector.Lib.Transport;

/// <summary>The whole configuration: the section <c>ForeignConnector</c>.</summary>
public sealed class ForeignConnectorOptions
{
    /// <summary>The name of the configuration section.</summary>
    public const string SectionName = "ForeignConnector";

    /// <summary>Directories, limits and times.</summary>
    public TransportOptions Transport { get; } = new();

    /// <summary>The connectors by name; names compare without case.</summary>
    public IDictionary<string, ConnectorOptions> Connectors { get; } = new Dictionary<string, ConnectorOptions>(
        StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// What could not be read from a configuration, each with its key. It is told together with everything else that is wrong.
    /// </summary>
    /// <value>Empty for options made by code.</value>
    public IList<string> BindingErrors { get; } = [];

    /// <summary>Keys of a configuration that nothing reads; each is warned about.</summary>
    /// <value>Empty for options made by code.</value>
    public IList<string> UnknownKeys { get; } = [];

    /// <summary>True once nothing was found wrong, so that the volumes of the directories are not asked a second time.</summary>
    internal bool IsValid { get; private set; }

    /// <summary>
    /// Completes defaults that depend on other options (<see cref="TransportOptions.DefaultDomain"/>), and looks for everything that is
    /// wrong: values out of range, addresses and spaces that are none, directories inside each other, servers of no site. Waits 2 seconds
    /// at most for a volume that does not answer.
    /// </summary>
    /// <param name="services">The file system, and the kinds of connectors that are there.</param>
    /// <returns>One text for each error, with its key in front; empty when nothing is wrong.</returns>
    public IReadOnlyList<string> Validate(TransportServices services)
    {
        ArgumentNullException.ThrowIfNull(services);
        Transport.DefaultDomain ??= Transport.AcceptedDomains.FirstOrDefault() ?? Transport.ServerName;
        var errors = new ForeignConnectorOptionsValidator(services).Validate(this);
        IsValid = errors.Count == 0;
        return errors;
    }

    /// <summary>Throws when something is wrong.</summary>
    /// <exception cref="OptionsValidationException">It holds every error.</exception>
    internal void ThrowIfInvalid(TransportServices services)
    {
        if (!IsValid && Validate(services) is { Count: > 0 } errors)
            throw new OptionsValidationException(Options.DefaultName, typeof(ForeignConnectorOptions), errors);
    }
}
