namespace ForeignConnector.Lib.Hosting.Configuration;

/// <summary>A section that a package reads: nothing of it is unknown to the others.</summary>
/// <param name="Path">Where it stands, in the configuration as a whole.</param>
internal sealed record PackageSection(string Path);
