namespace ForeignConnector.Lib.Storage.Platform;

/// <summary>What is left on a volume for this process.</summary>
/// <param name="FreeOctets">Octets that may still be written.</param>
/// <param name="TotalOctets">Octets in all.</param>
/// <param name="FreeFiles">Files that may still be created (inodes); null where the file system does not count them.</param>
/// <param name="TotalFiles">Files in all; null where the file system does not count them.</param>
public readonly record struct VolumeSpace(long FreeOctets, long TotalOctets, long? FreeFiles, long? TotalFiles);
