namespace Reverie.Tests.Rooms;

/// <summary>An outermost type.</summary>
internal readonly record struct TypeName(string Namespace, string Name);
