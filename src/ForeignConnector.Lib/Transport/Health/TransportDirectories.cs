using ForeignConnector.Lib.Delivery.Drop;
using ForeignConnector.Lib.Queueing;
using ForeignConnector.Lib.Transport.Configuration;

namespace ForeignConnector.Lib.Transport.Health;

/// <summary>The directories in use, with the names they have in texts; Drop directories as the configuration in force has them.</summary>
internal sealed class TransportDirectories(TransportPaths paths, Part<TransportState> state)
{
    public (string Name, string Path) Queue { get; } = ("queue", paths.Queue);

    public IEnumerable<(string Name, string Path)> Intake
    {
        get
        {
            if (paths.Pickup is { } pickup)
                yield return ("Pickup", pickup);
            if (paths.Replay is { } replay)
                yield return ("Replay", replay);
        }
    }

    public IEnumerable<(string Name, DropDirectoryConnector Connector)> Drops => state.Value.Current.Connectors
        .Where(pair => pair.Value is DropDirectoryConnector)
        .OrderBy(pair => pair.Key, StringComparer.OrdinalIgnoreCase)
        .Select(pair => ($"drop of {pair.Key}", (DropDirectoryConnector)pair.Value));
}
