using System.Collections.Immutable;
using ForeignConnector.Lib.Mail;
using ForeignConnector.Lib.Storage.Claims;
using ForeignConnector.Lib.Storage.Platform;
using ForeignConnector.Lib.Storage.Publishing;

namespace ForeignConnector.Lib.Queueing.Directory;

/// <summary>One queue file, open and locked, with its sidecar.</summary>
/// <param name="path">Its name.</param>
/// <param name="file">Disposed with it.</param>
/// <param name="envelope">The envelope in it; null when that cannot be read.</param>
/// <param name="messageOffset">Where the message begins.</param>
/// <param name="state">What the sidecar says.</param>
/// <param name="hasStateFile">False when there is none.</param>
internal sealed class QueueFile(
    string path, LockedFile file, MailEnvelope? envelope, int messageOffset, DeliveryState state, bool hasStateFile) : IDisposable
{
    public string Path { get; } = path;

    public LockedFile Locked { get; } = file;

    public MailEnvelope? Envelope { get; } = envelope;

    public MessageContent Content { get; } = new ClaimedContent(file, messageOffset);

    public DeliveryState State { get; set; } = envelope is null ? state : state.Within(envelope);

    /// <summary>True when there is a sidecar on the disk.</summary>
    public bool HasStateFile { get; private set; } = hasStateFile;

    /// <summary>True when the sidecar on the disk keeps the message from recipients that must not get it again.</summary>
    public bool MustStateSurvive { get; private set; } = hasStateFile && state.MustSurvive;

    /// <summary>True when no recipient waits and nothing is to be reported: only the files are left.</summary>
    public bool IsDone => Envelope is not null && State.IsDone(Envelope);

    /// <summary>The recipients that have no final outcome.</summary>
    public ImmutableArray<EnvelopeRecipient> Pending => Envelope is null ? [] : State.Pending(Envelope);

    /// <summary>Notes the sidecar that is on the disk now.</summary>
    public void Written(DeliveryState state, bool hasStateFile) => (HasStateFile, MustStateSurvive) = (hasStateFile, state.MustSurvive);

    public void Dispose() => Locked.Dispose();
}

/// <summary>The message in a queue file of which every recipient waits.</summary>
internal sealed class QueueFileContent(QueueFile file) : PreparedContent
{
    public override long Length => file.Content.Length;

    public override MailEnvelope Envelope => file.Envelope!;

    public override string Path => file.Path;

    public override long FileLength => file.Locked.Length;

    public override Stream OpenRead() => file.Content.OpenRead();

    public override Stream OpenFile() => new LockedFileStream(file.Locked, 0);

    public override bool TryShare(UnixFileMode mode, uint? group, bool isGroupRequired) =>
        file.Locked.TryShare(new SharedAccess(mode, new DirectoryRules { GivesGroup = isGroupRequired, Group = group }));

    public override void GiveUpLock() => file.Locked.Unlock();
}
