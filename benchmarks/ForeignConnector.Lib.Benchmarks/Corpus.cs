using System.Text;

namespace ForeignConnector.Lib.Benchmarks;

/// <summary>Messages as applications write them: a dozen header fields, a base64 attachment, CRLF line ends. The same octets in every run.</summary>
internal static class Corpus
{
    private const string Header = """
        Received: from app01.contoso.com (10.0.0.7) by hub01.contoso.com with ESMTP id 4711; Mon, 23 Nov 2026 08:15:00 +0000
        From: "Billing Department" <billing@contoso.com>
        To: "Orders" <orders@partner.example>, "Fax" <IMCEAFAX-+2B1+20425+20555+200100@contoso.com>
        Cc: mary@contoso.com
        Subject: =?utf-8?B?UmVjaG51bmcgTnIuIDQ3MTEg4oCTIE5vdmVtYmVy?=
        Date: Mon, 23 Nov 2026 08:14:59 +0000
        Message-ID: <20261123081459.4711@app01.contoso.com>
        MIME-Version: 1.0
        X-Mailer: Billing 7.2
        Content-Type: application/pdf; name="invoice.pdf"
        Content-Disposition: attachment; filename="invoice.pdf"
        Content-Transfer-Encoding: base64
        """;

    /// <summary>A message of about this many octets.</summary>
    public static byte[] Message(int octets)
    {
        var text = new StringBuilder(Header.ReplaceLineEndings("\r\n")).Append("\r\n\r\n");
        var random = new Random(4711);
        var line = new byte[57];
        while (text.Length < octets)
        {
            random.NextBytes(line);
            text.Append(Convert.ToBase64String(line)).Append("\r\n");
        }
        return Encoding.ASCII.GetBytes(text.ToString());
    }
}
