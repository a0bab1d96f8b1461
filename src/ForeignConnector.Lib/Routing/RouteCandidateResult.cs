namespace ForeignConnector.Lib.Routing;

/// <summary>What became of a connector that was considered. When several reasons drop it, the first in the order of RT-1 counts.</summary>
public enum RouteCandidateResult
{
    /// <summary>It takes the recipient.</summary>
    Winner,

    /// <summary>It could, but another ranks before it (RT-2, RT-3).</summary>
    Ranked,

    /// <summary>Dropped: the message is larger than its MaxMessageSize (RT-1).</summary>
    TooSmall,

    /// <summary>Dropped: it is not enabled, or its MaxMessageSize is 0 (RT-1, DR-7).</summary>
    Disabled,

    /// <summary>Dropped: it is scoped, and none of its source servers is in this server's site (RT-1).</summary>
    OutOfScope,

    /// <summary>Dropped: no site path leads to any of its source servers (RT-3).</summary>
    NoPath,

    /// <summary>Dropped: none of its address spaces matches the recipient (RT-1).</summary>
    NoMatch,
}
