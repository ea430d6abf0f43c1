namespace ProxyCluster.Core.Tokens;

/// <summary>How many tokens a model makes of an image, by its provider's published formula.</summary>
/// <remarks>
/// OpenAI: https://platform.openai.com/docs/guides/images-vision#calculating-costs. Anthropic:
/// https://docs.claude.com/en/docs/build-with-claude/vision. Google: https://ai.google.dev/gemini-api/docs/tokens.
/// Where the size is not known, the most that the formula can give.
/// </remarks>
public abstract class ImageTokens
{
    /// <summary>Of models whose formula is not published: what most of them are below for any image.</summary>
    public static readonly ImageTokens Unknown = new FixedImageTokens(1600);

    // Names are compared from the front, so that longer ones come first.
    private static readonly (string Start, ImageTokens Tokens)[] Known =
    [
        ("gpt-4o-mini", new TiledImageTokens(2833, 5667)),
        ("gpt-4.1-mini", new PatchedImageTokens(1536, 1.62)),
        ("gpt-4.1-nano", new PatchedImageTokens(1536, 2.46)),
        ("gpt-5-mini", new PatchedImageTokens(1536, 1.62)),
        ("gpt-5-nano", new PatchedImageTokens(1536, 2.46)),
        ("o4-mini", new PatchedImageTokens(1536, 1.72)),
        ("gpt-5-", new TiledImageTokens(70, 140)),
        ("gpt-5.", new PatchedImageTokens(2500, 1.2)),
        ("gpt-5", new TiledImageTokens(70, 140)),
        ("gpt-4o", new TiledImageTokens(85, 170)),
        ("chatgpt-4o", new TiledImageTokens(85, 170)),
        ("gpt-4", new TiledImageTokens(85, 170)),
        ("o1", new TiledImageTokens(75, 150)),
        ("o3", new TiledImageTokens(75, 150)),
        ("computer-use", new TiledImageTokens(65, 129)),
    ];

    private static readonly ImageTokens Claude = new AreaImageTokens(longestSide: 1568, most: 1600);

    // From Opus 4.7 on images are taken larger.
    private static readonly ImageTokens LargeClaude = new AreaImageTokens(longestSide: 2576, most: 4784);

    private static readonly ImageTokens Gemini = new CroppedImageTokens();

    /// <summary>The formula of a model.</summary>
    /// <param name="model">Its name as the provider knows it, with or without a publisher before a slash or a dot.</param>
    public static ImageTokens For(string model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var name = model.AsSpan()[(model.LastIndexOf('/') + 1)..];
        foreach (var (start, tokens) in Known)
        {
            if (name.StartsWith(start, StringComparison.OrdinalIgnoreCase))
            {
                return tokens;
            }
        }

        return Holds(name, "claude") ? (IsLarge(name) ? LargeClaude : Claude)
            : Holds(name, "gemini") ? Gemini
            : Unknown;
    }

    /// <summary>The tokens of an image.</summary>
    /// <param name="size">Its size; <see langword="null"/>: not known.</param>
    /// <param name="isLow">Whether the client asks for little detail, where its dialect lets it.</param>
    public abstract int Of(ImageSize? size, bool isLow);

    private static bool Holds(ReadOnlySpan<char> name, string part) => name.Contains(part, StringComparison.OrdinalIgnoreCase);

    private static bool IsLarge(ReadOnlySpan<char> name) => Holds(name, "opus-4-7") || Holds(name, "opus-4.7") || Holds(name, "opus-4-8") || Holds(name, "opus-5");
}
