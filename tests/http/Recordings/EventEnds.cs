namespace ProxyCluster.Tests.Http.Recordings;

/// <summary>Where the events of a recorded stream end, in whichever framing it comes.</summary>
internal static class EventEnds
{
    public static List<int> Of(Recording recording)
    {
        if (!recording.IsText)
        {
            return BedrockFolder.EventEnds(recording.Body);
        }

        var body = recording.Body;
        var ends = new List<int>();
        for (var i = 1; i < body.Length; i++)
        {
            // Some providers end their lines with a carriage return too.
            var isEnd = recording.HasLines || body[i - 1] == '\n' || (i > 1 && body[i - 1] == '\r' && body[i - 2] == '\n');
            if (body[i] == '\n' && isEnd)
            {
                ends.Add(i + 1);
            }
        }

        return ends;
    }
}
