namespace ForeignConnector.Lib.Intake.Replay;

/// <summary>What the Replay directory accepts.</summary>
public sealed class ReplayOptions
{
    /// <summary>
    /// <c>X-CreatedBy</c> values whose <c>X-MS-Exchange-Organization-*</c> and <c>-Forest-*</c> fields pass (HF-3); compared without case.
    /// </summary>
    /// <value>Default none. Exchange itself trusts <c>MSExchange15</c>.</value>
    public IList<string> TrustedCreators { get; } = [];

    /// <summary>Files carry the dot stuffing of SMTP (PU-12).</summary>
    /// <value>Default false.</value>
    public bool DotStuffed { get; set; }
}
