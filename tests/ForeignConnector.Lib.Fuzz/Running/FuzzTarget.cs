namespace ForeignConnector.Lib.Fuzz.Running;

/// <summary>Something that reads what others wrote, together with what must be true of whatever it makes of it.</summary>
/// <param name="Name">How it is called on the command line.</param>
/// <param name="Corpus">The folder of its first inputs, below <c>Corpus</c>.</param>
/// <param name="Run">Reads one input. Returns when everything is right, a refusal by the rules included; throws whatever else there is.</param>
internal sealed record FuzzTarget(string Name, string Corpus, FuzzAction Run);

/// <summary>Reads one input.</summary>
internal delegate void FuzzAction(ReadOnlySpan<byte> input);

/// <summary>What must be true is not.</summary>
internal sealed class FuzzException(string message) : Exception(message);
