namespace ForeignConnector.Lib.Storage.Publishing;

/// <summary>What a file must survive once it is published.</summary>
internal enum FlushMode
{
    /// <summary>A crash of the process. The system flushes when it likes: after a power cut the file may be gone or empty.</summary>
    None,

    /// <summary>A power cut. File and directory are flushed for this file alone, on the calling thread.</summary>
    Alone,

    /// <summary>A power cut. Files that are published at the same time share their flushes (<see cref="GroupCommit"/>).</summary>
    Grouped,
}
