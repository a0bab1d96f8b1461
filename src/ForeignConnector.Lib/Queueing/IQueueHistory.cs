using ForeignConnector.Lib.Mail;

namespace ForeignConnector.Lib.Queueing;

/// <summary>A queue that remembers submissions over a restart, as far as they are in it. Thread-safe.</summary>
public interface IQueueHistory
{
    /// <summary>
    /// The latest submission found by <see cref="IDeliveryQueue.LoadAsync"/>; new ones must be named later (DR-5). One that a clock gave
    /// which was far ahead does not count (SE-4).
    /// </summary>
    /// <value><see cref="DateTimeOffset.MinValue"/> when there is none.</value>
    DateTimeOffset LatestSubmission { get; }

    /// <summary>The id under which a submission is in the queue.</summary>
    /// <param name="key">The <see cref="SubmissionId.Key"/>.</param>
    /// <returns>Null when none of its entries is there.</returns>
    SubmissionId? Find(UInt128 key);
}
