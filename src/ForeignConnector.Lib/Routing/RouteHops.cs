namespace ForeignConnector.Lib.Routing;

/// <summary>How far the server that delivers is away; fewer hops win among equal costs (RT-3).</summary>
public enum RouteHops
{
    /// <summary>This server delivers itself (RT-7).</summary>
    ThisServer = 0,

    /// <summary>Another server in this server's site.</summary>
    SameSite = 1,

    /// <summary>A server in another site.</summary>
    RemoteSite = 2,
}
