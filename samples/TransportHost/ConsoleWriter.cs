using System.Text;

namespace TransportHost;

/// <summary>Standard output or standard error, which may be a file on a full volume, or closed: what that means is the program's to say.</summary>
/// <param name="inner">Where the text goes.</param>
/// <param name="onFailure">Called when it did not get there.</param>
internal sealed class ConsoleWriter(TextWriter inner, Action<Exception> onFailure) : TextWriter
{
    public override Encoding Encoding => inner.Encoding;

    /// <summary>Results that cannot be written end the command; a log that cannot be written ends nothing.</summary>
    public static void Install()
    {
        Console.SetOut(new ConsoleWriter(Console.Out, cause => throw new OutputException(cause)));
        Console.SetError(new ConsoleWriter(Console.Error, _ => { }));
    }

    public override void Write(char value) => Write([value], 0, 1);

    // Everything else in TextWriter comes here.
    public override void Write(char[] buffer, int index, int count)
    {
        try
        {
            inner.Write(buffer, index, count);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            onFailure(e);
        }
    }
}

/// <summary>Standard output cannot be written.</summary>
internal sealed class OutputException(Exception cause) : Exception(cause.Message, cause);
