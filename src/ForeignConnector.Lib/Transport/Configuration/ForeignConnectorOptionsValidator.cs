using System.IO.Abstractions;
using System.Runtime.InteropServices;
using System.Text;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Mail.Outcomes;
using ForeignConnector.Lib.Routing;
using ForeignConnector.Lib.Storage;
using ForeignConnector.Lib.Transport.Connectors;
using MimeKit;

namespace ForeignConnector.Lib.Transport.Configuration;

/// <summary>
/// Ranges of single values from the table of keys, and what it cannot say: directories against each other, connectors. Every error at once,
/// each with its key.
/// </summary>
internal sealed class ForeignConnectorOptionsValidator(TransportServices services)
{
    private readonly IFileSystem _files = services.Files;

    public IReadOnlyList<string> Validate(ForeignConnectorOptions options)
    {
        var errors = new List<string>(options.BindingErrors);
        errors.AddRange(Problems(ForeignConnectorKeys.Transport, options.Transport, "Transport"));
        if (options.Transport.MessageTrackingLogMaxFileSize > options.Transport.MessageTrackingLogMaxDirectorySize)
            errors.Add("Transport:MessageTrackingLogMaxFileSize: must not be larger than MessageTrackingLogMaxDirectorySize");
        if (options.Transport.ConnectivityLogMaxFileSize > options.Transport.ConnectivityLogMaxDirectorySize)
            errors.Add("Transport:ConnectivityLogMaxFileSize: must not be larger than ConnectivityLogMaxDirectorySize");
        ValidateReports(options.Transport, errors);
        ValidateDomains(options.Transport, errors);
        errors.AddRange(AddressMappingFactory.Validate(options.Transport).Select(problem => $"Transport:{problem}"));
        ValidateTopology(options, errors);
        errors.AddRange(options.Connectors.Where(pair => pair.Value.IsDrop && IsNoPath(pair.Value.DropDirectory ?? pair.Key)).Select(pair =>
            $"Connectors:{Shown(pair.Key)}:DropDirectory: '{Shown(pair.Value.DropDirectory ?? pair.Key)}' cannot be a directory name; "
                + "set DropDirectory"));
        if (ArePaths(options.Transport, errors))
            ValidateDirectories(options, new TransportPaths(options.Transport, _files), errors);
        foreach (var (connector, value) in options.Connectors)
            ValidateConnector(connector, value, errors);
        errors.AddRange(ConnectorTypeRules.Problems(options, services.ConnectorTypes));
        return errors;
    }

    /// <summary>What is wrong with single values.</summary>
    public static IEnumerable<string> Problems(IEnumerable<ConfigurationKey> keys, object settings, string path) =>
        from key in keys
        let problem = key.Problem(settings)
        where problem is not null
        select $"{path}:{key.Name}: {problem}";

    private static void ValidateDomains(TransportOptions transport, List<string> errors)
    {
        var keyed = transport.AcceptedDomains.Select((domain, i) => (Key: $"Transport:AcceptedDomains:{i}", Domain: domain));
        if (transport.DefaultDomain is { } own)
            keyed = keyed.Append(("Transport:DefaultDomain", own));
        foreach (var (key, domain) in keyed)
        {
            if (!IsDomain(domain))
                errors.Add($"{key}: '{domain}' is not a domain name");
        }
    }

    private static void ValidateReports(TransportOptions transport, List<string> errors)
    {
        if (transport.ExternalPostmasterAddress is { } postmaster && !IsPlainAddress(postmaster))
            errors.Add($"Transport:ExternalPostmasterAddress: '{postmaster}' is not an address; write one like postmaster@contoso.com");
        for (var i = 0; i < transport.GenerateCopyOfDSNFor.Count; i++)
        {
            if (!EnhancedStatusCode.TryParse(transport.GenerateCopyOfDSNFor[i], out var code) || code.Class is not (2 or 4 or 5))
                errors.Add($"Transport:GenerateCopyOfDSNFor:{i}: '{transport.GenerateCopyOfDSNFor[i]}' is not a status code; "
                    + "write one like 5.4.6");
        }
    }

    // An address alone, without a name, as it stands in From.
    private static bool IsPlainAddress(string text) =>
        Ascii.IsValid(text) && MailboxAddress.TryParse(text, out var mailbox) && mailbox.Address == text && mailbox.Domain.Length > 0;

    // A domain name is what an address space without a wildcard takes (AS-2), and the name of a machine, which may hold '_'.
    private static bool IsDomain(string domain) =>
        !domain.Contains('*', StringComparison.Ordinal) && !domain.Contains(';', StringComparison.Ordinal)
            && !domain.Contains(':', StringComparison.Ordinal)
        && AddressSpace.TryParse(domain.Replace('_', 'x'), out _);

    private static void ValidateTopology(ForeignConnectorOptions options, List<string> errors)
    {
        errors.AddRange(TopologyFactory.Validate(options.Transport).Select(problem => $"Transport:{problem}"));
        var servers = TopologyFactory.Servers(options.Transport);
        foreach (var (name, connector) in options.Connectors)
        {
            for (var i = 0; i < connector.SourceTransportServers.Count; i++)
            {
                if (!servers.Contains(connector.SourceTransportServers[i]))
                    errors.Add(
                        $"Connectors:{name}:SourceTransportServers:{i}: the server '{connector.SourceTransportServers[i]}' is in no site; "
                        + "add it to one of Sites");
            }
        }
    }

    // What no path can be made of must not get to the file system (NUL, above all). False when the directories cannot be compared.
    private static bool ArePaths(TransportOptions transport, List<string> errors)
    {
        (string Key, string? Path)[] all =
        [
            (nameof(transport.BaseDirectory), transport.BaseDirectory),
                (nameof(transport.RootDropDirectoryPath), transport.RootDropDirectoryPath),
            (nameof(transport.QueueDirectoryPath), transport.QueueDirectoryPath),
                (nameof(transport.PickupDirectoryPath), transport.PickupDirectoryPath),
            (nameof(transport.ReplayDirectoryPath), transport.ReplayDirectoryPath),
                (nameof(transport.MessageTrackingLogPath), transport.MessageTrackingLogPath),
            (nameof(transport.ConnectivityLogPath), transport.ConnectivityLogPath),
        ];
        var wrong = all.Where(each => each.Path is not null && IsNoPath(each.Path))
            .Select(each => $"Transport:{each.Key}: '{Shown(each.Path!)}' cannot be a path").ToArray();
        errors.AddRange(wrong);
        return wrong.Length == 0 && transport is { QueueDirectoryPath.Length: > 0, RootDropDirectoryPath.Length: > 0 };
    }

    private void ValidateDirectories(ForeignConnectorOptions options, TransportPaths paths, List<string> errors)
    {
        var drops = options.Connectors.Where(pair => pair.Value.IsDrop && !IsNoPath(pair.Value.DropDirectory ?? pair.Key))
            .ToDictionary(pair => pair.Key, pair => paths.Drop(pair.Key, pair.Value), StringComparer.OrdinalIgnoreCase);
        // The two logs may share a directory: their files have other names.
        var connectivity = paths.ConnectivityLog == paths.TrackingLog ? null : paths.ConnectivityLog;
        var identity = new DirectoryIdentities(_files, services.Questions).Of(
            paths,
            ((string?[])[paths.Queue, paths.Pickup, paths.Replay, paths.TrackingLog, connectivity, .. drops.Values]).OfType<string>());
        var own = new List<Place>();
        foreach (var (key, path) in ((string, string?)[])
        [
            ("Transport:QueueDirectoryPath", paths.Queue), ("Transport:PickupDirectoryPath", paths.Pickup),
            ("Transport:ReplayDirectoryPath", paths.Replay), ("Transport:MessageTrackingLogPath", paths.TrackingLog),
            ("Transport:ConnectivityLogPath", connectivity),
        ])
        {
            if (path is null)
                continue;
            var place = new Place(key, path, identity[path]);
            Disjoint(paths, place, own, errors);
            own.Add(place);
        }
        foreach (var (name, connector) in options.Connectors.Where(pair => pair.Value.IsDrop))
        {
            var key = $"Connectors:{name}:DropDirectory";
            if (!drops.TryGetValue(name, out var drop))
                continue;
            if (drop is null)
                errors.Add($"{key}: '{connector.DropDirectory ?? name}' is not below RootDropDirectoryPath; "
                    + "write an absolute path if you mean it (DR-1)");
            else
                Disjoint(paths, new Place(key, drop, identity[drop]), own, errors);
        }
    }

    private static void Disjoint(TransportPaths paths, Place place, List<Place> others, List<string> errors) =>
        errors.AddRange(others.Where(other => paths.Overlap(place.Identity, other.Identity)).Select(other =>
            $"{place.Key}: '{place.Path}' must not be the same as, inside or around {other.Key} '{other.Path}' (RP-4)"));

    // Half a surrogate pair stands for no octets; no file system takes a longer name.
    private static bool IsNoPath(string directory) =>
        directory.Any(char.IsControl) || directory.EnumerateRunes().Any(rune => rune == Rune.ReplacementChar)
        || directory.Split('/', '\\').Any(name => Encoding.UTF8.GetByteCount(name) > FileNames.MaxOctets)
            || (RuntimeInformation.IsOSPlatform(OSPlatform.Windows) && directory.IndexOfAny(['<', '>', '"', '|', '?', '*']) >= 0);

    // As an error can be shown: the log and the terminal get no NUL.
    private static string Shown(string path) => FileNames.ForLog(path);

    private static void ValidateConnector(string name, ConnectorOptions connector, List<string> errors)
    {
        errors.AddRange(Problems(ForeignConnectorKeys.Connector, connector, $"Connectors:{name}"));
        if (string.IsNullOrWhiteSpace(name) || name.Any(char.IsControl))
            errors.Add($"Connectors:{Shown(name)}: a connector needs a name without control characters");
        else if (FileNames.Folder(name).Length > FileNames.MaxOctets)
            errors.Add($"Connectors:{name}: the name is too long for the folder of its queue; each character beyond ASCII takes five");
        if (connector.AddressSpaces.Count == 0)
            errors.Add($"Connectors:{name}:AddressSpaces: at least one address space is needed, such as \"FAX:*\" or \"contoso.com\"");
        for (var i = 0; i < connector.AddressSpaces.Count; i++)
        {
            try
            {
                AddressSpace.Parse(connector.AddressSpaces[i]);
            }
            catch (MailFormatException e)
            {
                errors.Add($"Connectors:{name}:AddressSpaces:{i}: {e.Message}");
            }
        }
    }

    // Links are followed once for each directory: that takes calls to its volume.
    private sealed record Place(string Key, string Path, string Identity);
}
