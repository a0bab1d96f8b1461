using CsCheck;

namespace ForeignConnector.Lib.Tests.Intake;

/// <summary>Generators that choose from a few texts.</summary>
internal static class Pieces
{
    public static Gen<string> Of(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);
}
