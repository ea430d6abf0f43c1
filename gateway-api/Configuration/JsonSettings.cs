using System.Globalization;
using System.Text;
using System.Text.Json;
using ProxyCluster.Core.Configuration;

namespace ProxyCluster.GatewayApi.Configuration;

/// <summary>Reads a configuration file: JSON with comments and trailing commas, each key once.</summary>
internal ref struct JsonSettings
{
    private const int LargestFile = 8 * 1024 * 1024;

    private readonly ReadOnlySpan<byte> _json;
    private readonly List<ConfigurationFault> _faults;
    private Utf8JsonReader _reader;
    private int _line;
    private int _counted;

    private JsonSettings(ReadOnlySpan<byte> json, List<ConfigurationFault> faults)
    {
        _json = json;
        _faults = faults;
        _line = 1;
        _reader = new(json, new JsonReaderOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, MaxDepth = 32 });
    }

    /// <summary>Reads all settings into a tree, as far as the file can be read.</summary>
    public static void Read(ReadOnlySpan<byte> json, SettingsTree root, List<ConfigurationFault> faults)
    {
        if (json.Length > LargestFile)
        {
            faults.Add(new("", null, $"The file is larger than {LargestFile} bytes. This cannot be a configuration."));
            return;
        }

        if (json.StartsWith(Encoding.UTF8.Preamble))
        {
            json = json[Encoding.UTF8.Preamble.Length..];
        }

        var settings = new JsonSettings(json, faults);
        try
        {
            settings.ReadFile(root);
        }
        catch (JsonException exception)
        {
            faults.Add(new("", null, $"It is not JSON: {Reason(exception)}") { Origin = Line((exception.LineNumber ?? 0) + 1) });
        }
        catch (InvalidOperationException)
        {
            // Bytes within a string that are no UTF-8.
            faults.Add(new("", null, "It is not UTF-8. Save the file as UTF-8.") { Origin = Line(settings.CurrentLine()) });
        }
    }

    private void ReadFile(SettingsTree root)
    {
        _reader.Read();
        if (_reader.TokenType != JsonTokenType.StartObject)
        {
            _faults.Add(new("", null, "The file must hold one object: { … }.") { Origin = Line(CurrentLine()) });
            return;
        }

        ReadObject(root, "");
        while (_reader.Read())
        {
            // What follows the object makes the reader throw.
        }
    }

    private void ReadObject(SettingsTree node, string path)
    {
        while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = _reader.GetString()!;
            var line = CurrentLine();
            _reader.Read();
            var childPath = path.Length == 0 ? key : $"{path}:{key}";
            if (node.Find(key) is { } first)
            {
                _faults.Add(new(childPath, null, $"This key was given before, in {first.Origin}. Keep one of them.") { Origin = Line(line) });
                _reader.Skip();
                continue;
            }

            ReadValue(node.Add(key), childPath, line);
        }
    }

    private void ReadValue(SettingsTree node, string path, int line)
    {
        var origin = Line(line);
        switch (_reader.TokenType)
        {
            case JsonTokenType.StartObject:
                node.Set(ConfigurationNodeKind.Object, null, origin);
                ReadObject(node, path);
                break;
            case JsonTokenType.StartArray:
                node.Set(ConfigurationNodeKind.Array, null, origin);
                while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
                {
                    var index = node.Count.ToString(CultureInfo.InvariantCulture);
                    ReadValue(node.Add(index), $"{path}[{index}]", CurrentLine());
                }

                break;
            case JsonTokenType.String:
                node.Set(ConfigurationNodeKind.String, _reader.GetString(), origin);
                break;
            case JsonTokenType.Number:
                node.Set(ConfigurationNodeKind.Number, Encoding.UTF8.GetString(_reader.ValueSpan), origin);
                break;
            case JsonTokenType.True or JsonTokenType.False:
                node.Set(ConfigurationNodeKind.Boolean, _reader.TokenType == JsonTokenType.True ? "true" : "false", origin);
                break;
            default:
                node.Set(ConfigurationNodeKind.Null, null, origin);
                break;
        }
    }

    // Lines are counted as the reader goes: each byte once.
    private int CurrentLine()
    {
        var here = (int)_reader.TokenStartIndex;
        if (here > _counted)
        {
            _line += _json[_counted..here].Count((byte)'\n');
            _counted = here;
        }

        return _line;
    }

    private static string Line(long line) => string.Create(CultureInfo.InvariantCulture, $"line {line}");

    // The reader ends its messages with line and position, counted from 0.
    private static string Reason(JsonException exception)
    {
        var end = exception.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return end < 0 ? exception.Message : exception.Message[..end];
    }
}
