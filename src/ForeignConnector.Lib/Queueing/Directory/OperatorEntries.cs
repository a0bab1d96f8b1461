using System.Runtime.CompilerServices;
using ForeignConnector.Lib.Storage;
using ForeignConnector.Lib.Storage.Platform;

namespace ForeignConnector.Lib.Queueing.Directory;

/// <summary>
/// Single entries of a directory, for an operator: found by their files, not by the index, so that it works in a process that delivers, in
/// another one, and while none runs. Reading an entry disturbs nobody; a lease takes the lock of the file.
/// </summary>
internal sealed class OperatorEntries(QueueFolder folder)
{
    private static readonly (string Extension, SetAsideKind? SetAside)[] Kinds =
    [
        (FileNames.Message, null),
        (QueueFolder.BadExtension, SetAsideKind.Failed),
        (QueueFolder.PoisonExtension, SetAsideKind.Poison),
    ];

    public async IAsyncEnumerable<EntrySnapshot> ListAsync(string? connector, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var name in folder.Existing().Order(StringComparer.OrdinalIgnoreCase))
        {
            if (connector is not null && !connector.Equals(QueueFolder.ConnectorOf(name), StringComparison.OrdinalIgnoreCase))
                continue;
            foreach (var (id, extension) in Ids(name))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (await ReadAsync(name, id, extension, cancellationToken).ConfigureAwait(false) is { } entry)
                    yield return entry;
            }
        }
    }

    public async ValueTask<EntrySnapshot?> FindAsync(string id, CancellationToken cancellationToken) =>
        Locate(id) is var (name, extension) ? await ReadAsync(name, id, extension, cancellationToken).ConfigureAwait(false) : null;

    /// <summary>Leases an entry.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="ended">Called when the lease ends; not called when there is none.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async ValueTask<LeaseResult> LeaseAsync(string id, Action<DirectoryLease> ended, CancellationToken cancellationToken)
    {
        if (Locate(id) is not var (name, extension))
            return default;
        var (file, opened) = await folder.OpenAsync(name, id, cancellationToken, extension).ConfigureAwait(false);
        if (file is null)
            return new LeaseResult(null, opened == OpenResult.Locked);
        try
        {
            var entry = Describe(name, id, extension, file.Locked.Length, (file.Envelope, file.State, file.Content.Length));
            return new LeaseResult(new DirectoryLease(file, entry, folder) { Ended = ended }, IsBusy: false);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public async ValueTask<bool> PutBackAsync(string id, Func<DeliveryState, DeliveryState> state, CancellationToken cancellationToken) =>
        Locate(id) is var (name, extension) && extension != FileNames.Message
            && await folder.PutBackAsync(name, id, extension, state, cancellationToken).ConfigureAwait(false);

    // The id becomes part of a path, so it must be one.
    private (string Folder, string Extension)? Locate(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        if (!QueueFileName.TryParse(id, out _, out _))
            return null;
        foreach (var name in folder.Existing())
        {
            foreach (var (extension, _) in Kinds)
            {
                if (folder.Exists(name, id, extension))
                    return (name, extension);
            }
        }
        return null;
    }

    private IEnumerable<(string Id, string Extension)> Ids(string name) =>
        Kinds.SelectMany(kind => folder.Names(name, kind.Extension).Select(id => (id, kind.Extension)))
            .Where(file => QueueFileName.TryParse(file.id, out _, out _))
            .OrderBy(file => file.id, StringComparer.Ordinal);

    private async ValueTask<EntrySnapshot?> ReadAsync(string name, string id, string extension, CancellationToken cancellationToken)
    {
        if (folder.Size(name, id, extension) is not { } size)
            return null;
        var content = await folder.PeekAsync(name, id, cancellationToken, extension).ConfigureAwait(false);
        return Describe(name, id, extension, size, content);
    }

    private EntrySnapshot Describe(
        string name, string id, string extension, long size, (Mail.MailEnvelope? Envelope, DeliveryState State, long Size)? content)
    {
        var submission = QueueFileName.TryParse(id, out var parsed, out _) ? parsed : default;
        var aside = Kinds.First(kind => kind.Extension == extension).SetAside;
        return new EntrySnapshot
        {
            Id = id,
            Connector = QueueFolder.ConnectorOf(name),
            Submission = submission,
            Envelope = content?.Envelope,
            State = content is not var (envelope, state, _) ? DeliveryState.New : envelope is null ? state : state.Within(envelope),
            ContentLength = content?.Size ?? 0,
            StoredLength = size,
            SetAside = aside,
            Reason = aside is null ? null : folder.Reason(name, id, extension),
        };
    }
}
