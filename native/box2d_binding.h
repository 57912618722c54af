// The C interface of the binding to Box2D. Worlds, bodies and joints are pointers: a world belongs to the caller until
// rb_world_free, which frees its bodies and joints with it, and to one thread at a time. Every function that can fail
// returns 0 or NULL and leaves its reason in rb_last_error of the same thread.
#pragma once
#include <stdint.h>

#define RB_API extern "C" __attribute__((visibility("default")))
#define RB_ABI 1

enum rb_body_type : int32_t { RB_STATIC, RB_KINEMATIC, RB_DYNAMIC };

struct rb_fixture {
    float density, friction, restitution;
    int32_t category, mask, group, sensor;
};

// Anchors are local to their bodies.
struct rb_revolute {
    float anchor_a_x, anchor_a_y, anchor_b_x, anchor_b_y, reference_angle;
    float lower_angle, upper_angle, max_motor_torque, motor_speed;
    int32_t enable_limit, enable_motor, collide_connected;
};

// Origin, angle, velocity of the centre of mass, and the directions of the local axes in the world.
struct rb_pose {
    float x, y, angle, velocity_x, velocity_y, angular_velocity;
    float right_x, right_y, up_x, up_y;
};

struct rb_mass {
    float mass, inertia, centre_x, centre_y;    // inertia about the body's origin
};

// Two fixtures began or ceased to touch; bodies by the tags they were made with.
struct rb_contact {
    int32_t begins, tag_a, tag_b;
};
