using ForeignConnector.Lib.Mail.EnvelopeBlock;

namespace FaxGateway;

/// <summary>The directories of the sample.</summary>
internal sealed class MailRoot
{
    private static readonly string[] DropNames = ["fax", "partner", "mailboxes"];

    public MailRoot(string path)
    {
        Path = Directory.CreateDirectory(path).FullName;
        Directory.CreateDirectory(Pickup);
        Directory.CreateDirectory(Replay);
    }

    public string Path { get; }

    public string Pickup => System.IO.Path.Combine(Path, "pickup");

    public string Replay => System.IO.Path.Combine(Path, "replay");

    public string Drop(string name) => System.IO.Path.Combine(Path, "drop", name);

    /// <summary>Every file in every Drop directory, as a third party reads it.</summary>
    public async Task<List<DroppedFile>> ReadDropsAsync()
    {
        var found = new List<DroppedFile>();
        foreach (var name in DropNames.Where(name => Directory.Exists(Drop(name))))
        {
            foreach (var path in DropFile.Waiting(Drop(name)))
                found.Add(await DroppedFile.ReadAsync(name, path));
        }
        return found;
    }

    /// <summary>
    /// Puts a file where a program looks for files: complete from the first moment, because it is written under another name.
    /// </summary>
    public static void Put(string directory, string name, byte[] content)
    {
        var temporary = System.IO.Path.Combine(directory, name + ".writing");
        File.WriteAllBytes(temporary, content);
        File.Move(temporary, System.IO.Path.Combine(directory, name));
    }
}
