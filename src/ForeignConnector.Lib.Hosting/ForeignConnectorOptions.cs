namespace ForeignConnector.Lib.Hosting;

/// <summary>The whole configuration: the section <c>ForeignConnector</c>.</summary>
public sealed class ForeignConnectorOptions
{
    /// <summary>The name of the configuration section.</summary>
    public const string SectionName = "ForeignConnector";

    /// <summary>Directories, limits and times.</summary>
    public TransportOptions Transport { get; } = new();

    /// <summary>The connectors by name; names compare without case.</summary>
    public IDictionary<string, ConnectorOptions> Connectors { get; } = new Dictionary<string, ConnectorOptions>(StringComparer.OrdinalIgnoreCase);

    // What could not be read from the configuration; told together with everything else that is wrong.
    internal List<string> BindingErrors { get; } = [];

    // Keys nobody knows; worth a warning.
    internal List<string> UnknownKeys { get; } = [];
}
