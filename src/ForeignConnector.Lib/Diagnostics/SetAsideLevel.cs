namespace ForeignConnector.Lib.Diagnostics;

/// <summary>What one place holds of files that were set aside (BM-1, ND-4).</summary>
/// <param name="Place"><c>pickup</c>, <c>replay</c> or <c>queue</c>.</param>
/// <param name="IsPoison">True for <c>.poison</c> files, false for <c>.bad</c> ones.</param>
/// <param name="Files">How many there are.</param>
/// <param name="OldestAge">How long ago the oldest of them was set aside; zero when there is none.</param>
public readonly record struct SetAsideLevel(string Place, bool IsPoison, int Files, TimeSpan OldestAge);
