namespace ProxyCluster.GatewayApi.Pipeline;

/// <summary>Routes of OpenAI's API that clients know and this gateway does not have: what is kept at one provider.</summary>
internal static class RoutesNotOffered
{
    private static readonly (string Path, string What)[] Known =
    [
        ("/v1/files", "Files"),
        ("/v1/uploads", "Uploads"),
        ("/v1/batches", "Batches"),
        ("/v1/realtime", "Realtime sessions"),
        ("/v1/assistants", "Assistants"),
        ("/v1/threads", "Threads"),
        ("/v1/vector_stores", "Vector stores"),
        ("/v1/fine_tuning", "Fine-tuning jobs"),
        ("/v1/images/edits", "Image edits"),
        ("/v1/images/variations", "Image variations"),
        ("/v1/messages/batches", "Message batches"),
    ];

    /// <summary>What a path asks for, in the plural; <see langword="null"/>: it is none of these.</summary>
    public static string? Find(PathString path)
    {
        foreach (var (known, what) in Known)
        {
            if (path.StartsWithSegments(known, StringComparison.Ordinal))
            {
                return what;
            }
        }

        return null;
    }
}
