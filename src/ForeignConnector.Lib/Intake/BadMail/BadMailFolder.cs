using System.Globalization;
using System.IO.Abstractions;
using System.Text;
using ForeignConnector.Lib.Storage;

namespace ForeignConnector.Lib.Intake.BadMail;

/// <summary>Keeps a file that nothing can be done with: <c>name.bad</c>, with the reason in <c>name.bad.txt</c> (BM-1).</summary>
internal sealed class BadMailFolder(IFileSystem files, TimeProvider time)
{
    private const string Extension = ".bad";
    private const string ReasonExtension = ".txt";

    /// <summary>Sets the claimed file aside. The reason is on disk before the file gets its new name.</summary>
    public void Keep(FileClaim claim, string source, IntakeResult result)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"""
            File: {FileNames.ForLog(claim.OriginalName)}
            Directory: {source}
            Time: {time.GetUtcNow().UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}
            Rule: {result.Rule}
            Reason: {result.Reason}

            The message was not sent. To try again, mend the file and give it back its .eml extension.

            """);
        claim.SetAside(Extension, ReasonExtension, path => files.File.WriteAllText(path, text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)));
    }
}
