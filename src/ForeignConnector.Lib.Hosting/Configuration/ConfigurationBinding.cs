using ForeignConnector.Lib.Transport;
using ForeignConnector.Lib.Transport.Configuration;
using ForeignConnector.Lib.Transport.Connectors;
using Microsoft.Extensions.Configuration;

namespace ForeignConnector.Lib.Hosting.Configuration;

/// <summary>Reads a configuration by the tables of its keys.</summary>
internal static class ConfigurationBinding
{
    private const string Connectors = "Connectors";

    private static readonly ConfigurationTable<AddressMappingOptions> AddressMappingKeys = new ConfigurationTable<AddressMappingOptions>()
        .Text(nameof(AddressMappingOptions.Domain), mapping => mapping.Domain, (mapping, value) => mapping.Domain = value)
        .Text(nameof(AddressMappingOptions.Type), mapping => mapping.Type, (mapping, value) => mapping.Type = value)
        .Text(nameof(AddressMappingOptions.Prefix), mapping => mapping.Prefix, (mapping, value) => mapping.Prefix = value)
        .Flag(nameof(AddressMappingOptions.Number), mapping => mapping.Number ?? false, (mapping, value) => mapping.Number = value);

    private static readonly ConfigurationTable<SiteLinkOptions> SiteLinkKeys = new ConfigurationTable<SiteLinkOptions>()
        .Text(nameof(SiteLinkOptions.From), link => link.From, (link, value) => link.From = value)
        .Text(nameof(SiteLinkOptions.To), link => link.To, (link, value) => link.To = value)
        .Number(nameof(SiteLinkOptions.Cost), link => link.Cost, (link, value) => link.Cost = value);

    /// <summary>Reads the sections <c>Transport</c> and <c>Connectors</c>.</summary>
    /// <param name="configuration">The section <c>ForeignConnector</c>.</param>
    /// <param name="root">Where it is from; null when that is not known.</param>
    /// <param name="options">Where to put it.</param>
    /// <param name="types">The kinds of connectors that are there.</param>
    /// <param name="others">The sections that packages read.</param>
    public static void Bind(
        IConfiguration configuration, IConfigurationRoot? root, ForeignConnectorOptions options, IReadOnlyList<ConnectorType> types,
        IEnumerable<PackageSection> others)
    {
        // Also what is left of a file that is being replaced: without this a reload would take every connector away.
        if (!configuration.GetChildren().Any())
            options.BindingErrors.Add(
                $"{ForeignConnectorOptions.SectionName}: the section is missing or empty; it needs Transport and Connectors");
        // A whole configuration has other sections as well.
        if (configuration is IConfigurationSection)
            Add(options.UnknownKeys, configuration.GetChildren()
                .Where(child => !others.Any(other => other.Path.Equals(child.Path, StringComparison.OrdinalIgnoreCase)))
                .Select(child => child.Key).Except(["Transport", Connectors], StringComparer.OrdinalIgnoreCase));
        if (root is not null)
            Add(options.BindingErrors, NamesTwice(configuration, root, Connectors).Concat(
                NamesTwice(configuration, root, "Transport:Sites")));
        BindTransport(configuration.GetSection("Transport"), options);
        foreach (var section in configuration.GetSection(Connectors).GetChildren())
        {
            if (BindConnector(section, options, types) is { } connector)
                options.Connectors[section.Key] = connector;
        }
    }

    /// <summary>Reads the section of a package.</summary>
    /// <param name="section">The section.</param>
    /// <param name="keys">Its keys.</param>
    /// <param name="settings">Where to put it.</param>
    /// <param name="check">Says what else is wrong; null when the table says everything.</param>
    /// <param name="options">Where errors and unknown keys go; null is nowhere.</param>
    public static void BindSection<TSettings>(
        IConfigurationSection section, ConfigurationTable<TSettings> keys, TSettings settings, Func<TSettings, IEnumerable<string>>? check,
        ForeignConnectorOptions? options)
        where TSettings : class
    {
        var reader = new SectionReader(section, section.Key, options?.BindingErrors ?? []);
        reader.Read(keys, settings);
        if (options is null)
            return;
        reader.Unknown(options.UnknownKeys);
        Add(options.BindingErrors, keys.Where(key => key.Problem(settings) is not null)
            .Select(key => $"{section.Key}:{key.Name}: {key.Problem(settings)}"));
        Add(options.BindingErrors, (check?.Invoke(settings) ?? []).Select(problem => $"{section.Key}:{problem}"));
    }

    private static void Add(IList<string> list, IEnumerable<string> texts)
    {
        foreach (var text in texts.ToArray())
            list.Add(text);
    }

    // The configuration compares names without case and makes one of both, here and there a value of each. Only the source of it knows how
    // they were written. What one source calls otherwise than another is meant to override it.
    private static IEnumerable<string> NamesTwice(IConfiguration configuration, IConfigurationRoot root, string key)
    {
        var path = configuration is IConfigurationSection section ? ConfigurationPath.Combine(section.Path, key) : key;
        return
            from provider in root.Providers
            from name in provider.GetChildKeys([], path).Distinct(StringComparer.Ordinal).GroupBy(
                name => name, StringComparer.OrdinalIgnoreCase)
            where name.Count() > 1
            let spellings = name.Order(StringComparer.Ordinal).ToArray()
            select $"{key}:{spellings[0]}: the name is there as {string.Join(" and ", spellings.Select(spelling => $"'{spelling}'"))}, "
                + $"and names that differ only in case are one; rename one, or put all values under one spelling";
    }

    private static void BindTransport(IConfigurationSection section, ForeignConnectorOptions options)
    {
        var reader = new SectionReader(section, "Transport", options.BindingErrors);
        reader.Read(ForeignConnectorKeys.Transport, options.Transport);
        BindSites(reader, options.Transport, options.BindingErrors);
        foreach (var mapping in reader.Children(nameof(options.Transport.AddressMappings)))
        {
            var each = new AddressMappingOptions();
            var path = $"Transport:{nameof(options.Transport.AddressMappings)}:{mapping.Key}";
            var keys = new SectionReader(mapping, path, options.BindingErrors);
            keys.Read(AddressMappingKeys, each);
            keys.Unknown(options.UnknownKeys);
            options.Transport.AddressMappings.Add(each);
        }
        reader.Unknown(options.UnknownKeys);
    }

    private static void BindSites(SectionReader reader, TransportOptions transport, IList<string> errors)
    {
        foreach (var site in reader.Children(nameof(transport.Sites)))
        {
            var servers = new List<string>();
            transport.Sites[site.Key] = servers;
            foreach (var server in site.GetChildren())
                servers.Add(server.Value ?? "");
            if (site.Value is { Length: > 0 } single)
                servers.Add(single);
        }
        foreach (var section in reader.Children(nameof(transport.SiteLinks)))
        {
            var link = new SiteLinkOptions();
            new SectionReader(section, $"Transport:{nameof(transport.SiteLinks)}:{section.Key}", errors).Read(SiteLinkKeys, link);
            transport.SiteLinks.Add(link);
        }
    }

    // Null for what is no connector, but the part of a name before a colon.
    private static ConnectorOptions? BindConnector(
        IConfigurationSection section, ForeignConnectorOptions options, IReadOnlyList<ConnectorType> types)
    {
        var connector = new ConnectorOptions();
        var path = $"Connectors:{section.Key}";
        var reader = new SectionReader(section, path, options.BindingErrors);
        reader.Read(ForeignConnectorKeys.Connector, connector);
        BindSettings(reader, path, connector, options, types);
        var split = reader.SplitNames().ToArray();
        foreach (var name in split)
            options.BindingErrors.Add($"Connectors:{name}: a name cannot hold ':', which separates the keys of the configuration; "
                + "give the connector another name");
        if (split.Length > 0 && !reader.HasKnownKeys)
            return null;
        reader.Unknown(options.UnknownKeys);
        return connector;
    }

    // The section of the kind of connector (CN-3); sections of other kinds have no effect, and are told of like unknown keys.
    private static void BindSettings(
        SectionReader reader, string path, ConnectorOptions connector, ForeignConnectorOptions options, IReadOnlyList<ConnectorType> types)
    {
        if (types.FirstOrDefault(type => type.Name.Equals(connector.DeliveryProtocol, StringComparison.OrdinalIgnoreCase)) is not { } type)
            return;
        connector.Settings = type.CreateSettings();
        if (reader.Find(type.Name) is not { } section)
            return;
        var settings = new SectionReader(section, $"{path}:{type.Name}", options.BindingErrors);
        settings.Read(type.Keys, connector.Settings);
        settings.Unknown(options.UnknownKeys);
    }
}
