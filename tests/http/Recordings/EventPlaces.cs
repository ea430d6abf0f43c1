using System.Text;

namespace ProxyCluster.Tests.Http.Recordings;

/// <summary>Where a recorded stream can be cut between two events, and what is no event in its framing.</summary>
internal static class EventPlaces
{
    /// <summary>Where each event ends.</summary>
    public static List<int> Ends(Recording recording)
    {
        var body = recording.Body;
        if (!recording.IsText)
        {
            return BedrockFolder.EventEnds(body);
        }

        var ends = new List<int>();
        for (var i = 1; i < body.Length; i++)
        {
            var isBlank = body[i - 1] == '\n' || (i > 1 && body[i - 1] == '\r' && body[i - 2] == '\n');
            if (body[i] == '\n' && (recording.HasLines || isBlank))
            {
                ends.Add(i + 1);
            }
        }

        return ends;
    }

    /// <summary>Half a JSON, framed as an event; for a binary stream, bytes that no checksum fits.</summary>
    public static byte[] BadEvent(Recording recording) => recording switch
    {
        { IsText: false } => [0, 0, 0, 20, 0, 0, 0, 0, .. new byte[12]],
        { HasLines: true } => Encoding.UTF8.GetBytes("{\"broken\": \n"),
        _ => Encoding.UTF8.GetBytes("data: {\"broken\": \n\n"),
    };
}
