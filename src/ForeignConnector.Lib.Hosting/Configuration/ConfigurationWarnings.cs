using System.IO.Abstractions;
using ForeignConnector.Lib.Diagnostics;
using Microsoft.Extensions.Logging;

namespace ForeignConnector.Lib.Hosting.Configuration;

/// <summary>Tells about a configuration that is valid but perhaps not meant.</summary>
internal sealed class ConfigurationWarnings(IFileSystem files, DirectoryIdentities identities, ILogger<ConfigurationWarnings> logger)
{
    // What is read once, when the transport is put together.
    private static readonly (string Key, Func<TransportOptions, object?> Value)[] ReadAtStart =
    [
        (nameof(TransportOptions.ServerName), t => t.ServerName),
        (nameof(TransportOptions.DefaultDomain), t => t.DefaultDomain),
        (nameof(TransportOptions.CreatedBy), t => t.CreatedBy),
        (nameof(TransportOptions.ExternalPostmasterAddress), t => t.ExternalPostmasterAddress),
        (nameof(TransportOptions.ExternalDsnMaxMessageAttachSize), t => t.ExternalDsnMaxMessageAttachSize),
        (nameof(TransportOptions.QueueDirectoryPath), t => t.QueueDirectoryPath),
        (nameof(TransportOptions.PickupDirectoryPath), t => t.PickupDirectoryPath),
        (nameof(TransportOptions.ReplayDirectoryPath), t => t.ReplayDirectoryPath),
        (nameof(TransportOptions.RecoverForeignClaims), t => t.RecoverForeignClaims),
        (nameof(TransportOptions.SetAsideRetention), t => t.SetAsideRetention),
        (nameof(TransportOptions.PickupDirectoryMaxHeaderSize), t => t.PickupDirectoryMaxHeaderSize),
        (nameof(TransportOptions.PickupDirectoryMaxRecipientsPerMessage), t => t.PickupDirectoryMaxRecipientsPerMessage),
        (nameof(TransportOptions.PickupDirectoryMaxMessagesPerMinute), t => t.PickupDirectoryMaxMessagesPerMinute),
        (nameof(TransportOptions.PickupEnvelopeHeaders), t => t.PickupEnvelopeHeaders),
        (nameof(TransportOptions.PickupDirectoryDotStuffed), t => t.PickupDirectoryDotStuffed),
        (nameof(TransportOptions.ReplayDirectoryDotStuffed), t => t.ReplayDirectoryDotStuffed),
        (nameof(TransportOptions.PollingInterval), t => t.PollingInterval),
        (nameof(TransportOptions.SettleTime), t => t.SettleTime),
        (nameof(TransportOptions.TrustedReplayCreators), t => string.Join(' ', t.TrustedReplayCreators)),
        (nameof(TransportOptions.QueueGlitchRetryCount), t => t.QueueGlitchRetryCount),
        (nameof(TransportOptions.QueueGlitchRetryInterval), t => t.QueueGlitchRetryInterval),
        (nameof(TransportOptions.TransientFailureRetryInterval), t => t.TransientFailureRetryInterval),
        (nameof(TransportOptions.TransientFailureRetryCount), t => t.TransientFailureRetryCount),
        (nameof(TransportOptions.OutboundConnectionFailureRetryInterval), t => t.OutboundConnectionFailureRetryInterval),
        (nameof(TransportOptions.MessageRetryInterval), t => t.MessageRetryInterval),
        (nameof(TransportOptions.MessageExpirationTimeout), t => t.MessageExpirationTimeout),
        (nameof(TransportOptions.DelayNotificationTimeout), t => t.DelayNotificationTimeout),
        (nameof(TransportOptions.MaxIdleTimeBeforeResubmit), t => t.MaxIdleTimeBeforeResubmit),
        (nameof(TransportOptions.PoisonThreshold), t => t.PoisonThreshold),
        (nameof(TransportOptions.SuspectDelay), t => t.SuspectDelay),
        (nameof(TransportOptions.MessageTrackingLogPath), t => t.MessageTrackingLogPath),
        (nameof(TransportOptions.MessageTrackingLogMaxAge), t => t.MessageTrackingLogMaxAge),
        (nameof(TransportOptions.MessageTrackingLogMaxDirectorySize), t => t.MessageTrackingLogMaxDirectorySize),
        (nameof(TransportOptions.MessageTrackingLogMaxFileSize), t => t.MessageTrackingLogMaxFileSize),
        (nameof(TransportOptions.MessageTrackingLogSubjectLoggingEnabled), t => t.MessageTrackingLogSubjectLoggingEnabled),
        (nameof(TransportOptions.BackPressureMinimumFreeSpace), t => t.BackPressureMinimumFreeSpace),
        (nameof(TransportOptions.BackPressureMinimumFreeFiles), t => t.BackPressureMinimumFreeFiles),
        (nameof(TransportOptions.BackPressureMaxQueueLength), t => t.BackPressureMaxQueueLength),
    ];

    /// <summary>Logs every warning.</summary>
    public void Log(ForeignConnectorOptions options)
    {
        foreach (var key in options.UnknownKeys)
            logger.UnknownKey(key);
        foreach (var (name, _) in options.Connectors.Where(pair => pair.Value is { Enabled: true, MaxMessageSize.Octets: 0 }))
            logger.ConnectorDisabledBySize(name);
        LogSharedDropDirectories(options);
    }

    /// <summary>Logs the keys whose change has no effect before the next start.</summary>
    public void LogRestartNeeded(TransportOptions previous, TransportOptions changed)
    {
        foreach (var (key, value) in ReadAtStart)
        {
            if (!Equals(value(previous), value(changed)))
                logger.RestartNeeded($"Transport:{key}");
        }
    }

    private void LogSharedDropDirectories(ForeignConnectorOptions options)
    {
        var paths = new TransportPaths(options.Transport, files);
        var drops = options.Connectors.Where(pair => pair.Value.Factory is null).ToDictionary(pair => pair.Key, pair => paths.Drop(pair.Key, pair.Value)!);
        var identity = identities.Of(paths, drops.Values);
        var shared = drops
            .GroupBy(pair => identity[pair.Value], pair => pair.Key, TransportPaths.Comparer)
            .Where(group => group.Count() > 1);
        foreach (var group in shared)
            logger.SharedDropDirectory(string.Join(", ", group.Order(StringComparer.OrdinalIgnoreCase).Select(name => $"Connectors:{name}:DropDirectory")), group.Key);
    }
}
