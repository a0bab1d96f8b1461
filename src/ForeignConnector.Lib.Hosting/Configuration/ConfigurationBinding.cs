using Microsoft.Extensions.Configuration;

namespace ForeignConnector.Lib.Hosting.Configuration;

/// <summary>The keys of the configuration and where they go.</summary>
internal static class ConfigurationBinding
{
    private const string Connectors = "Connectors";

    /// <summary>Reads the sections <c>Transport</c> and <c>Connectors</c>.</summary>
    /// <param name="configuration">The section <c>ForeignConnector</c>.</param>
    /// <param name="root">Where it is from; null when that is not known.</param>
    /// <param name="options">Where to put it.</param>
    public static void Bind(IConfiguration configuration, IConfigurationRoot? root, ForeignConnectorOptions options)
    {
        // Also what is left of a file that is being replaced: without this a reload would take every connector away.
        if (!configuration.GetChildren().Any())
            options.BindingErrors.Add($"{ForeignConnectorOptions.SectionName}: the section is missing or empty; it needs Transport and Connectors");
        // A whole configuration has other sections as well.
        if (configuration is IConfigurationSection)
            options.UnknownKeys.AddRange(configuration.GetChildren().Select(child => child.Key).Except(["Transport", Connectors], StringComparer.OrdinalIgnoreCase));
        if (root is not null)
            options.BindingErrors.AddRange(NamesTwice(configuration, root, Connectors).Concat(NamesTwice(configuration, root, "Transport:Sites")));
        BindTransport(configuration.GetSection("Transport"), options);
        foreach (var section in configuration.GetSection(Connectors).GetChildren())
        {
            var connector = new ConnectorOptions();
            if (BindConnector(section, connector, options))
                options.Connectors[section.Key] = connector;
        }
    }

    // The configuration compares names without case and makes one of both, here and there a value of each. Only the source of it knows how they were written. What one source calls
    // otherwise than another is meant to override it.
    private static IEnumerable<string> NamesTwice(IConfiguration configuration, IConfigurationRoot root, string key)
    {
        var path = configuration is IConfigurationSection section ? ConfigurationPath.Combine(section.Path, key) : key;
        return
            from provider in root.Providers
            from name in provider.GetChildKeys([], path).Distinct(StringComparer.Ordinal).GroupBy(name => name, StringComparer.OrdinalIgnoreCase)
            where name.Count() > 1
            let spellings = name.Order(StringComparer.Ordinal).ToArray()
            select $"{key}:{spellings[0]}: the name is there as {string.Join(" and ", spellings.Select(spelling => $"'{spelling}'"))}, and names that differ only in case are one; rename one, or put all values under one spelling";
    }

    private static void BindTransport(IConfigurationSection section, ForeignConnectorOptions options)
    {
        var t = options.Transport;
        var reader = new SectionReader(section, "Transport", options.BindingErrors);
        reader.Text(nameof(t.BaseDirectory), value => t.BaseDirectory = value);
        reader.Text(nameof(t.ServerName), value => t.ServerName = value);
        reader.Text(nameof(t.SiteName), value => t.SiteName = value);
        reader.Text(nameof(t.DefaultDomain), value => t.DefaultDomain = value);
        reader.List(nameof(t.AcceptedDomains), t.AcceptedDomains);
        reader.Text(nameof(t.CreatedBy), value => t.CreatedBy = value);
        reader.Text(nameof(t.ExternalPostmasterAddress), value => t.ExternalPostmasterAddress = value);
        reader.Size(nameof(t.ExternalDsnMaxMessageAttachSize), value => t.ExternalDsnMaxMessageAttachSize = value);
        reader.List(nameof(t.GenerateCopyOfDSNFor), t.GenerateCopyOfDSNFor);
        reader.Text(nameof(t.RootDropDirectoryPath), value => t.RootDropDirectoryPath = value);
        reader.Text(nameof(t.QueueDirectoryPath), value => t.QueueDirectoryPath = value);
        reader.Text(nameof(t.PickupDirectoryPath), value => t.PickupDirectoryPath = value);
        reader.Text(nameof(t.ReplayDirectoryPath), value => t.ReplayDirectoryPath = value);
        reader.Flag(nameof(t.CreateDirectories), value => t.CreateDirectories = value);
        reader.Flag(nameof(t.RecoverForeignClaims), value => t.RecoverForeignClaims = value);
        reader.TimeOrUnlimited(nameof(t.SetAsideRetention), value => t.SetAsideRetention = value);
        reader.Size(nameof(t.PickupDirectoryMaxHeaderSize), value => t.PickupDirectoryMaxHeaderSize = value);
        reader.Integer(nameof(t.PickupDirectoryMaxRecipientsPerMessage), value => t.PickupDirectoryMaxRecipientsPerMessage = value);
        reader.IntegerOrUnlimited(nameof(t.PickupDirectoryMaxMessagesPerMinute), value => t.PickupDirectoryMaxMessagesPerMinute = value);
        reader.Choice<Intake.Pickup.PickupEnvelopeHeaders>(nameof(t.PickupEnvelopeHeaders), value => t.PickupEnvelopeHeaders = value);
        reader.Flag(nameof(t.PickupDirectoryDotStuffed), value => t.PickupDirectoryDotStuffed = value);
        reader.Flag(nameof(t.ReplayDirectoryDotStuffed), value => t.ReplayDirectoryDotStuffed = value);
        reader.Time(nameof(t.PollingInterval), value => t.PollingInterval = value);
        reader.Time(nameof(t.SettleTime), value => t.SettleTime = value);
        reader.List(nameof(t.TrustedReplayCreators), t.TrustedReplayCreators);
        reader.Integer(nameof(t.QueueGlitchRetryCount), value => t.QueueGlitchRetryCount = value);
        reader.Time(nameof(t.QueueGlitchRetryInterval), value => t.QueueGlitchRetryInterval = value);
        reader.Time(nameof(t.TransientFailureRetryInterval), value => t.TransientFailureRetryInterval = value);
        reader.Integer(nameof(t.TransientFailureRetryCount), value => t.TransientFailureRetryCount = value);
        reader.Time(nameof(t.OutboundConnectionFailureRetryInterval), value => t.OutboundConnectionFailureRetryInterval = value);
        reader.Time(nameof(t.MessageRetryInterval), value => t.MessageRetryInterval = value);
        reader.Time(nameof(t.MessageExpirationTimeout), value => t.MessageExpirationTimeout = value);
        reader.TimeOrUnlimited(nameof(t.DelayNotificationTimeout), value => t.DelayNotificationTimeout = value);
        reader.Time(nameof(t.MaxIdleTimeBeforeResubmit), value => t.MaxIdleTimeBeforeResubmit = value);
        reader.Integer(nameof(t.PoisonThreshold), value => t.PoisonThreshold = value);
        reader.Time(nameof(t.SuspectDelay), value => t.SuspectDelay = value);
        reader.Text(nameof(t.MessageTrackingLogPath), value => t.MessageTrackingLogPath = value);
        reader.Time(nameof(t.MessageTrackingLogMaxAge), value => t.MessageTrackingLogMaxAge = value);
        reader.Size(nameof(t.MessageTrackingLogMaxDirectorySize), value => t.MessageTrackingLogMaxDirectorySize = value);
        reader.Size(nameof(t.MessageTrackingLogMaxFileSize), value => t.MessageTrackingLogMaxFileSize = value);
        reader.Flag(nameof(t.MessageTrackingLogSubjectLoggingEnabled), value => t.MessageTrackingLogSubjectLoggingEnabled = value);
        reader.Size(nameof(t.BackPressureMinimumFreeSpace), value => t.BackPressureMinimumFreeSpace = value);
        reader.Integer(nameof(t.BackPressureMinimumFreeFiles), value => t.BackPressureMinimumFreeFiles = value);
        reader.IntegerOrUnlimited(nameof(t.BackPressureMaxQueueLength), value => t.BackPressureMaxQueueLength = value);
        BindSites(reader, t, options.BindingErrors);
        reader.Unknown(options.UnknownKeys);
    }

    private static void BindSites(SectionReader reader, TransportOptions transport, List<string> errors)
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
            var linkReader = new SectionReader(section, $"Transport:{nameof(transport.SiteLinks)}:{section.Key}", errors);
            linkReader.Text(nameof(link.From), value => link.From = value);
            linkReader.Text(nameof(link.To), value => link.To = value);
            linkReader.Integer(nameof(link.Cost), value => link.Cost = value);
            transport.SiteLinks.Add(link);
        }
    }

    // False for what is no connector, but the part of a name before a colon.
    private static bool BindConnector(IConfigurationSection section, ConnectorOptions c, ForeignConnectorOptions options)
    {
        var reader = new SectionReader(section, $"Connectors:{section.Key}", options.BindingErrors);
        reader.List(nameof(c.AddressSpaces), c.AddressSpaces);
        reader.Text(nameof(c.DropDirectory), value => c.DropDirectory = value);
        reader.Size(nameof(c.DropDirectoryQuota), value => c.DropDirectoryQuota = value);
        reader.Size(nameof(c.MaxMessageSize), value => c.MaxMessageSize = value);
        reader.Flag(nameof(c.RelayDsnRequired), value => c.RelayDsnRequired = value);
        reader.Flag(nameof(c.Enabled), value => c.Enabled = value);
        reader.Flag(nameof(c.IsScopedConnector), value => c.IsScopedConnector = value);
        reader.List(nameof(c.SourceTransportServers), c.SourceTransportServers);
        reader.Flag(nameof(c.CreateDropDirectory), value => c.CreateDropDirectory = value);
        reader.Choice<Delivery.Drop.Durability>(nameof(c.Durability), value => c.Durability = value);
        reader.Mode(nameof(c.DropFileMode), value => c.DropFileMode = value);
        reader.Time(nameof(c.DeliveryTimeout), value => c.DeliveryTimeout = value);
        reader.Text(nameof(c.Comment), value => c.Comment = value);
        var split = reader.SplitNames().ToArray();
        options.BindingErrors.AddRange(split.Select(name => $"Connectors:{name}: a name cannot hold ':', which separates the keys of the configuration; give the connector another name"));
        if (split.Length > 0 && !reader.HasKnownKeys)
            return false;
        reader.Unknown(options.UnknownKeys);
        return true;
    }
}
