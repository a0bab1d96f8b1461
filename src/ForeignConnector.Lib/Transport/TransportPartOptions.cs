using ForeignConnector.Lib.Diagnostics;
using ForeignConnector.Lib.Intake;
using ForeignConnector.Lib.Intake.BackPressure;
using ForeignConnector.Lib.Intake.Pickup;
using ForeignConnector.Lib.Intake.Replay;
using ForeignConnector.Lib.Intake.Watching;
using ForeignConnector.Lib.Mail.Outcomes;
using ForeignConnector.Lib.Queueing;
using ForeignConnector.Lib.Queueing.Directory;
using ForeignConnector.Lib.Queueing.Processing;
using ForeignConnector.Lib.Reports;
using ForeignConnector.Lib.Transport.Configuration;
using Microsoft.Extensions.Logging;

namespace ForeignConnector.Lib.Transport;

/// <summary>The options of single parts, as the options of the transport give them.</summary>
internal static class TransportPartOptions
{
    public static DirectoryQueueOptions Store(TransportOptions transport) => new() { SuspectDelay = transport.SuspectDelay };

    public static DeliveryQueueOptions Queue(TransportOptions transport) => new() { PoisonThreshold = transport.PoisonThreshold };

    public static BackPressureOptions BackPressure(TransportOptions transport) => new()
    {
        MinimumFreeSpace = transport.BackPressureMinimumFreeSpace,
        MinimumFreeFiles = transport.BackPressureMinimumFreeFiles,
        MaxQueueLength = transport.BackPressureMaxQueueLength,
    };

    public static QueueProcessorOptions Processor(TransportOptions transport) => new()
    {
        QueueGlitchRetryCount = transport.QueueGlitchRetryCount,
        QueueGlitchRetryInterval = transport.QueueGlitchRetryInterval,
        TransientFailureRetryCount = transport.TransientFailureRetryCount,
        TransientFailureRetryInterval = transport.TransientFailureRetryInterval,
        OutboundConnectionFailureRetryInterval = transport.OutboundConnectionFailureRetryInterval,
        MessageRetryInterval = transport.MessageRetryInterval,
        MessageExpirationTimeout = transport.MessageExpirationTimeout,
        DelayNotificationTimeout = transport.DelayNotificationTimeout,
        MaxIdleTimeBeforeResubmit = transport.MaxIdleTimeBeforeResubmit,
    };

    /// <summary>Null when it is off.</summary>
    public static MessageTrackingLog? TrackingLog(TransportOptions transport, TransportPaths paths, TransportServices services) =>
        paths.TrackingLog is not { } path ? null : new MessageTrackingLog(
            new MessageTrackingLogOptions
            {
                Path = path,
                ServerName = transport.ServerName,
                MaxAge = transport.MessageTrackingLogMaxAge,
                MaxDirectorySize = transport.MessageTrackingLogMaxDirectorySize,
                MaxFileSize = transport.MessageTrackingLogMaxFileSize,
                SubjectLoggingEnabled = transport.MessageTrackingLogSubjectLoggingEnabled,
            },
            services.Files, services.Time, services.Loggers.CreateLogger<MessageTrackingLog>());

    /// <summary>Null when it is off.</summary>
    public static ConnectivityLog? ConnectivityLog(TransportOptions transport, TransportPaths paths, TransportServices services) =>
        paths.ConnectivityLog is not { } path ? null : new ConnectivityLog(
            new ConnectivityLogOptions
            {
                Path = path,
                MaxAge = transport.ConnectivityLogMaxAge,
                MaxDirectorySize = transport.ConnectivityLogMaxDirectorySize,
                MaxFileSize = transport.ConnectivityLogMaxFileSize,
            },
            services.Files, services.Time, services.Loggers.CreateLogger<ConnectivityLog>());

    public static ReportOptions Reports(TransportOptions transport)
    {
        var options = new ReportOptions
        {
            ServerName = transport.ServerName,
            DefaultDomain = transport.DefaultDomain!,
            PostmasterAddress = transport.ExternalPostmasterAddress ?? $"postmaster@{transport.DefaultDomain}",
            MaxMessageAttachSize = transport.ExternalDsnMaxMessageAttachSize,
        };
        foreach (var text in transport.GenerateCopyOfDSNFor)
        {
            // The validator has seen all of them.
            if (EnhancedStatusCode.TryParse(text, out var code))
                options.CopiedStatuses.Add(code);
        }
        return options;
    }

    /// <summary>The Pickup and Replay directories that are turned on.</summary>
    public static IEnumerable<WatchedDirectory> Directories(TransportOptions transport, TransportPaths paths, IntakeContext context)
    {
        var watch = new WatchedDirectoryOptions
        {
            PollingInterval = transport.PollingInterval,
            SettleTime = transport.SettleTime,
            MaxMessagesPerMinute = transport.PickupDirectoryMaxMessagesPerMinute,
            RecoverForeignClaims = transport.RecoverForeignClaims,
        };
        if (paths.Pickup is not null)
            yield return WatchedDirectory.ForPickup(paths.Pickup, watch, Pickup(transport), context);
        if (paths.Replay is not null)
            yield return WatchedDirectory.ForReplay(paths.Replay, watch, Replay(transport), context);
    }

    private static PickupOptions Pickup(TransportOptions transport) => new()
    {
        MaxHeaderSize = transport.PickupDirectoryMaxHeaderSize,
        MaxRecipientsPerMessage = transport.PickupDirectoryMaxRecipientsPerMessage,
        EnvelopeHeaders = transport.PickupEnvelopeHeaders,
        DotStuffed = transport.PickupDirectoryDotStuffed,
    };

    private static ReplayOptions Replay(TransportOptions transport)
    {
        var options = new ReplayOptions { DotStuffed = transport.ReplayDirectoryDotStuffed };
        foreach (var creator in transport.TrustedReplayCreators)
            options.TrustedCreators.Add(creator);
        return options;
    }
}
