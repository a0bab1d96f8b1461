namespace ForeignConnector.Lib.Intake;

/// <summary>Who we are, for the fields that intake adds.</summary>
/// <param name="ServerName">This server, as others call it: the <c>by</c> of <c>Received</c>.</param>
/// <param name="DefaultDomain">The right side of a generated Message-ID.</param>
/// <param name="Product">Our name: the <c>with</c> of <c>Received</c>, and <c>X-CreatedBy</c> of messages from Pickup. One word.</param>
/// <param name="Version">Our version: the <c>id</c> of <c>Received</c>.</param>
public sealed record IntakeIdentity(string ServerName, string DefaultDomain, string Product, string Version);
